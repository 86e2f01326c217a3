using System.CommandLine.Parsing;
using System.Globalization;

namespace Commissaire.Invocation;

/// <summary>Creates options. The first name of an option is its long name.</summary>
internal static class Options
{
    /// <summary>Creates an option whose value is text.</summary>
    public static Option<string?> Text(string[] names, string helpName, string description, string? defaultValue = null) =>
        new(names[0], names[1..])
        {
            Description = description,
            HelpName = helpName,
            DefaultValueFactory = defaultValue is null ? null : _ => defaultValue,
        };

    /// <summary>Creates an option whose value is one of several words.</summary>
    public static Option<string?> Choice(string[] names, string description, string[] values, string? defaultValue = null)
    {
        var option = Text(names, string.Join('|', values), description, defaultValue);
        option.AcceptOnlyFromAmong(values);
        return option;
    }

    /// <summary>Creates the option that says whether hosts are bootstrapped or adopted.</summary>
    public static Option<string?> Bootstrap(string description) => Choice(["--bootstrap"], description, ["auto", "always", "never"]);

    /// <summary>Creates an option whose value is an integer from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public static Option<int?> Integer(string[] names, string description, int min, int max = int.MaxValue)
    {
        var expected = max == int.MaxValue ? $"a number of at least {min}" : $"a number from {min} to {max}";
        return Parsed(names, "N", description, expected, text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
                ? number : (int?)null);
    }

    /// <summary>Creates an optional argument whose value is an integer of at least 1.</summary>
    public static Argument<int?> NumberArgument(string name, string description)
    {
        return new Argument<int?>(name) { Description = description, Arity = ArgumentArity.ZeroOrOne, CustomParser = Parse };

        int? Parse(ArgumentResult argument)
        {
            if (argument.Tokens is not [var token])
            {
                return null;
            }

            if (int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1)
            {
                return number;
            }

            argument.AddError($"argument {name}: invalid value '{token.Value}'. Expected a number of at least 1");
            return null;
        }
    }

    /// <summary>Creates an option whose value is a duration: seconds, or a number with <c>s</c>, <c>m</c>, <c>h</c> or <c>d</c>.</summary>
    public static Option<int?> Duration(string name, string description) =>
        Parsed([name], "TIME", description, "seconds, or a number with s, m, h or d, such as 90s", ParseSeconds);

    /// <summary>Creates an option whose value is parsed; a null result is an error.</summary>
    public static Option<T?> Parsed<T>(string[] names, string helpName, string description, string expected, Func<string, T?> parse)
    {
        return new Option<T?>(names[0], names[1..]) { Description = description, HelpName = helpName, CustomParser = Parse };

        T? Parse(ArgumentResult argument)
        {
            var text = argument.Tokens[0].Value;
            if (parse(text) is { } value)
            {
                return value;
            }

            argument.AddError($"argument {string.Join('/', names.Reverse())}: invalid value '{text}'. Expected {expected}");
            return default;
        }
    }

    private static int? ParseSeconds(string text)
    {
        var unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        return int.TryParse(unit == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number * Math.Max(1L, unit) is <= int.MaxValue and var seconds ? (int)seconds : null;
    }
}
