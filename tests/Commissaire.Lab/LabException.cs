namespace Commissaire.Lab;

/// <summary>The lab cannot do what it was asked; the message says why and what would help.</summary>
public sealed class LabException : Exception
{
    /// <summary>Without a message there is nothing to help with: for serializers only.</summary>
    public LabException()
    {
    }

    /// <summary>Says why.</summary>
    public LabException(string message) : base(message)
    {
    }

    /// <summary>Says why, and what was behind it.</summary>
    public LabException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
