namespace Commissaire.Output;

/// <summary>The formats in which results are printed.</summary>
internal enum OutputFormat
{
    /// <summary>YAML, as in 2017.</summary>
    Yaml,

    Json,

    Table,
}
