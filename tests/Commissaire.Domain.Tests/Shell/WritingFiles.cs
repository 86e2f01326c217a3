using System.Runtime.Versioning;
using Commissaire.Shell;
using CsCheck;

namespace Commissaire.Domain.Tests.Shell;

[SupportedOSPlatform("linux")]
public sealed class WritingFiles : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("commissaire-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_file_stands_where_it_should_with_what_it_should_hold()
    {
        var path = Path.Combine(_directory, "etc", "file");
        Write(path, "644", "one\ntwo"u8.ToArray());
        Assert.Equal("one\ntwo", File.ReadAllText(path));
        Assert.Equal("644", Mode(path));
        Assert.Equal("755", Mode(Path.GetDirectoryName(path)!));
        Assert.Equal([path], Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Writing_it_twice_is_writing_it_once()
    {
        var path = Path.Combine(_directory, "file");
        Write(path, "600", "secret"u8.ToArray());
        Write(path, "600", "secret"u8.ToArray());
        Assert.Equal("secret", File.ReadAllText(path));
        Assert.Equal("600", Mode(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void It_replaces_what_stood_there()
    {
        var path = Path.Combine(_directory, "file");
        File.WriteAllText(path, "something longer");
        File.SetUnixFileMode(path, UnixFileMode.UserRead);
        Write(path, "644", "short"u8.ToArray());
        Assert.Equal(("short", "644"), (File.ReadAllText(path), Mode(path)));
    }

    [Fact]
    public void Half_a_file_does_not_stand_there()
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
    public void A_path_is_taken_literally()
    {
        var path = Path.Combine(_directory, "it's $HOME; `x`", "a b*");
        Write(path, "644", "x"u8.ToArray());
        Assert.Equal("x", File.ReadAllText(path));
    }

    [Fact]
    public void A_file_may_hold_anything()
    {
        var path = Path.Combine(_directory, "file");
        Gen.Byte.Array[0, 100].Sample(content =>
        {
            Write(path, "644", content);
            Assert.Equal(content, File.ReadAllBytes(path));
        }, iter: 20, threads: 1);
    }

    [Fact]
    public void Where_no_file_can_stand_the_command_fails() =>
        Assert.NotEqual(0, Sh.Run(ShellCommand.WriteFile("/proc/nowhere/file", "644", "x"u8.ToArray()) + " 2>/dev/null").ExitCode);

    private static void Write(string path, string mode, byte[] content)
    {
        var command = ShellCommand.WriteFile(path, mode, content);
        Assert.Equal(0, Sh.Run(command.ToString(), command.Input).ExitCode);
    }

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
