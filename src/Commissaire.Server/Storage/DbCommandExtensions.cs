using System.Data.Common;

namespace Commissaire.Storage;

internal static class DbCommandExtensions
{
    /// <summary>Adds parameters to a command; null becomes SQL <c>NULL</c>.</summary>
    public static DbCommand With(this DbCommand command, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
