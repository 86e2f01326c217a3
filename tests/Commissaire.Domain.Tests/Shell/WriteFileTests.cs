using System.Runtime.Versioning;
using System.Text;
using Commissaire.Shell;
using CsCheck;

namespace Commissaire.Domain.Tests.Shell;

[SupportedOSPlatform("linux")]
public sealed class WriteFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("commissaire-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_file_is_written_with_its_content_and_mode()
    {
        var path = Path.Combine(_directory, "etc", "file");
        Write(path, "644", "one\ntwo"u8.ToArray());
        Assert.Equal("one\ntwo", File.ReadAllText(path));
        Assert.Equal("644", Mode(path));
        Assert.Equal("755", Mode(Path.GetDirectoryName(path)!));
        Assert.Equal([path], Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Writing_twice_is_harmless()
    {
        var path = Path.Combine(_directory, "file");
        Write(path, "600", "secret"u8.ToArray());
        Write(path, "600", "secret"u8.ToArray());
        Assert.Equal("secret", File.ReadAllText(path));
        Assert.Equal("600", Mode(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void An_existing_file_is_replaced()
    {
        var path = Path.Combine(_directory, "file");
        File.WriteAllText(path, "something longer");
        File.SetUnixFileMode(path, UnixFileMode.UserRead);
        Write(path, "644", "short"u8.ToArray());
        Assert.Equal(("short", "644"), (File.ReadAllText(path), Mode(path)));
    }

    [Fact]
    public void A_file_of_somebody_else_is_kept_once_with_its_mode()
    {
        var path = Path.Combine(_directory, "file");
        File.WriteAllText(path, "theirs");
        File.SetUnixFileMode(path, UnixFileMode.UserRead);

        var command = ShellCommand.WriteFile(path, "644", "ours"u8.ToArray());
        var (status, output) = Sh.Run(command.ToString(), command.Input);
        Assert.Equal((0, $"The former {path} is kept as {path}.before-commissaire.\n"), (status, Encoding.UTF8.GetString(output)));
        Write(path, "644", "later"u8.ToArray());

        Assert.Equal(("theirs", "400"), (File.ReadAllText($"{path}.before-commissaire"), Mode($"{path}.before-commissaire")));
        Assert.Equal("later", File.ReadAllText(path));
    }

    [Fact]
    public void A_link_of_somebody_else_is_kept_and_its_target_stays()
    {
        var (path, target) = (Path.Combine(_directory, "file"), Path.Combine(_directory, "target"));
        File.WriteAllText(target, "theirs");
        File.CreateSymbolicLink(path, target);
        Write(path, "644", "ours"u8.ToArray());
        Assert.Equal((target, "theirs"), (new FileInfo($"{path}.before-commissaire").LinkTarget, File.ReadAllText(target)));
    }

    [Fact]
    public void A_file_of_commissaire_is_not_kept()
    {
        var path = Path.Combine(_directory, "file");
        Write(path, "644", "# Written by Commissaire.\na\n"u8.ToArray());
        Write(path, "644", "# Written by Commissaire.\nb\n"u8.ToArray());
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void A_truncated_input_keeps_the_old_file()
    {
        var path = Path.Combine(_directory, "file");
        File.WriteAllText(path, "before");
        var command = ShellCommand.WriteFile(path, "644", "one\ntwo"u8.ToArray());

        Assert.NotEqual(0, Sh.Run(command.ToString(), command.Input[..3]).ExitCode);
        Assert.Equal("before", File.ReadAllText(path));

        Write(path, "644", "one\ntwo"u8.ToArray());
        Assert.Equal("one\ntwo", File.ReadAllText(path));
    }

    [Fact]
    public void A_path_is_quoted()
    {
        var path = Path.Combine(_directory, "it's $HOME; `x`", "a b*");
        Write(path, "644", "x"u8.ToArray());
        Assert.Equal("x", File.ReadAllText(path));
    }

    [Fact]
    public void Any_content_is_written_unchanged()
    {
        var path = Path.Combine(_directory, "file");
        Gen.Byte.Array[0, 100].Sample(content =>
        {
            Write(path, "644", content);
            Assert.Equal(content, File.ReadAllBytes(path));
        }, iter: 20, threads: 1);
    }

    [Fact]
    public void The_command_fails_if_the_file_cannot_be_written() =>
        Assert.NotEqual(0, Sh.Run(ShellCommand.WriteFile("/proc/nowhere/file", "644", "x"u8.ToArray()) + " 2>/dev/null").ExitCode);

    private static void Write(string path, string mode, byte[] content)
    {
        var command = ShellCommand.WriteFile(path, mode, content);
        Assert.Equal(0, Sh.Run(command.ToString(), command.Input).ExitCode);
    }

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
