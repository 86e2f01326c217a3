namespace Commissaire.Import.Ansible;

/// <summary>Reads an inventory from a file, in the format that Ansible reads from a file of that name.</summary>
internal static class InventoryFile
{
    /// <summary>How to get one file from everything that Ansible reads.</summary>
    public const string Export =
        "Let Ansible write all it knows into one file, and import that: 'ansible-inventory -i INVENTORY --list --yaml > hosts.yaml'";

    private static readonly string[] YamlExtensions = [".yaml", ".yml", ".json"];
    private static readonly string[] BesideInventories = ["group_vars", "host_vars"];

    /// <summary>Reads the file.</summary>
    /// <exception cref="StartupException">It cannot be read, is not an inventory, or is not all of one.</exception>
    public static Inventory Read(string path)
    {
        if (Directory.Exists(path))
        {
            throw new StartupException($"--from: '{path}' is a directory. {Export}.");
        }

        var text = ImportFile.ReadText("--from", path);
        if (text.StartsWith("#!", StringComparison.Ordinal))
        {
            throw new StartupException($"--from: '{path}' is a program. {Export}.");
        }

        // Ports, users and keys are often there. Without them, hosts would be registered wrongly.
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (BesideInventories.FirstOrDefault(d => Directory.Exists(Path.Combine(directory, d))) is { } beside)
        {
            throw new StartupException($"--from: there is a directory '{beside}' beside '{path}', which import does not read. "
                + $"{Export}, in a directory without it.");
        }

        try
        {
            return YamlExtensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)
                ? YamlInventory.Parse(text)
                : IniInventory.Parse(text);
        }
        catch (FormatException e)
        {
            throw new StartupException($"--from: '{path}': {e.Message}.");
        }
    }
}
