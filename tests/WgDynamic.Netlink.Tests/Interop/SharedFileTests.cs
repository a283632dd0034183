using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace WgDynamic.Netlink.Tests;

/// <summary>What somebody else may have put into a directory that root uses too.</summary>
public sealed class SharedFileTests : IDisposable
{
    private const UnixFileMode ForTheGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private readonly string _directory = Directory.CreateTempSubdirectory("wgd-shared-").FullName;

    private string FilePath => Path.Combine(_directory, "wg0.client.lock");

    private string Elsewhere => Path.Combine(_directory, "elsewhere");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_file_that_it_makes_is_the_groups_too_whatever_the_umask_and_is_locked()
    {
        using (SafeFileHandle? file = SharedFile.TryLock(FilePath))
        {
            Assert.NotNull(file);
            Assert.Equal(ForTheGroup, File.GetUnixFileMode(FilePath));
            Assert.True(SharedFile.IsLocked(FilePath));
            Assert.Null(SharedFile.TryLock(FilePath));
        }

        Assert.False(SharedFile.IsLocked(FilePath));
        using SafeFileHandle? again = SharedFile.TryLock(FilePath);
        Assert.NotNull(again);
    }

    [Fact]
    public void A_socket_that_it_binds_is_the_groups_too_and_binds_over_nothing()
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), second = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string path = Path.Combine(_directory, "s");
        SharedFile.Bind(socket, path);
        Assert.True(SharedFile.IsSocket(path));
        Assert.Equal(ForTheGroup, File.GetUnixFileMode(path));

        File.WriteAllText(Elsewhere, "mine");
        UnixFileMode before = File.GetUnixFileMode(Elsewhere);
        string link = Path.Combine(_directory, "link");
        File.CreateSymbolicLink(link, Elsewhere);
        Assert.Throws<SocketException>(() => SharedFile.Bind(second, link));
        Assert.Equal((before, "mine"), (File.GetUnixFileMode(Elsewhere), File.ReadAllText(Elsewhere)));
    }

    [Fact]
    public void What_is_there_keeps_its_mode_and_its_lines()
    {
        File.WriteAllText(FilePath, "12\nmore\n");
        UnixFileMode before = File.GetUnixFileMode(FilePath);
        SharedFile.TryLock(FilePath)!.Dispose();
        Assert.Equal((before, "12\nmore\n"), (File.GetUnixFileMode(FilePath), File.ReadAllText(FilePath)));
        Assert.Equal(["12", "more"], SharedFile.TryReadLines(FilePath, 100)!);
    }

    [Fact]
    public void A_file_that_is_locked_can_be_read()
    {
        using SafeFileHandle file = SharedFile.TryLock(FilePath)!;
        RandomAccess.Write(file, "12\n"u8, 0);
        Assert.Equal(["12"], SharedFile.TryReadLines(FilePath, 100)!);
    }

    [Fact]
    public void What_is_not_there_is_neither_locked_nor_made_by_looking()
    {
        Assert.False(SharedFile.IsLocked(FilePath));
        Assert.Null(SharedFile.TryReadLines(FilePath, 100));
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Theory]
    [InlineData("symbolic link")]
    [InlineData("symbolic link to nothing")]
    [InlineData("hard link")]
    [InlineData("directory")]
    [InlineData("pipe")]
    public void What_is_no_file_of_its_own_is_neither_followed_nor_waited_for(string what)
    {
        if (what != "symbolic link to nothing")
            File.WriteAllText(Elsewhere, "root:secret");
        switch (what)
        {
            case "hard link":
                Process.Start("ln", [Elsewhere, FilePath]).WaitForExit();
                break;
            case "directory":
                Directory.CreateDirectory(FilePath);
                break;
            case "pipe":
                Process.Start("mkfifo", [FilePath]).WaitForExit();
                break;
            default:
                File.CreateSymbolicLink(FilePath, Elsewhere);
                break;
        }

        foreach (Action use in (Action[])[() => SharedFile.TryLock(FilePath), () => SharedFile.IsLocked(FilePath), () => SharedFile.TryReadLines(FilePath, 100)])
            Assert.Contains(FilePath, Assert.Throws<IOException>(use).Message, StringComparison.Ordinal);
        if (what == "symbolic link to nothing")
            Assert.False(File.Exists(Elsewhere));
        else
            Assert.Equal("root:secret", File.ReadAllText(Elsewhere));
    }

    [Fact]
    public void A_file_that_is_too_long_is_not_read()
    {
        File.WriteAllText(FilePath, new string('x', 100));
        Assert.Equal([new string('x', 100)], SharedFile.TryReadLines(FilePath, 100)!);
        Assert.Throws<IOException>(() => SharedFile.TryReadLines(FilePath, 99));
    }
}
