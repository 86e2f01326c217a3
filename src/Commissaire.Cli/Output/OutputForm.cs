namespace Commissaire.Output;

/// <summary>The forms in which answers are printed.</summary>
internal enum OutputForm
{
    /// <summary>YAML, as in 2017.</summary>
    Yaml,

    /// <summary>JSON, indented.</summary>
    Json,

    /// <summary>Columns of text.</summary>
    Table,
}
