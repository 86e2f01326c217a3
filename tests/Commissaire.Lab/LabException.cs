namespace Commissaire.Lab;

/// <summary>The lab cannot do this. The message says why and how to fix it.</summary>
public sealed class LabException : Exception
{
    /// <summary>Creates one without a message.</summary>
    public LabException()
    {
    }

    /// <summary>Creates one with a message.</summary>
    public LabException(string message) : base(message)
    {
    }

    /// <summary>Creates one with a message and a cause.</summary>
    public LabException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
