using System.Management.Automation;
using WgDynamic.Control;

namespace WgDynamic.PowerShell;

/// <summary>Copies a server's lease database to a file, while it is used.</summary>
/// <remarks>
/// The copy is whole, and readable to you alone: it says who was where, and when. It is written beside the file and put in its place at the end. A
/// file that exists is kept, unless -Force is given.
/// </remarks>
/// <example>
/// <code>Backup-WgLeaseDatabase -Interface wg0 -Path /var/backups/wg0.db</code>
/// Makes a backup.
/// </example>
/// <example>
/// <code>Get-WgDynamicServer | Backup-WgLeaseDatabase -Path /var/backups -Force</code>
/// One for each server, named by its interface, in place of the last one.
/// </example>
[Cmdlet(VerbsData.Backup, "WgLeaseDatabase", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class BackupWgLeaseDatabaseCommand : WgChangeCmdlet
{
    /// <summary>The file; or a directory, in which the file is named by the interface: wg0.db.</summary>
    [Parameter(Position = 1, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Replaces a file that exists.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachDaemon(Interface, socket => ForItem(Path, () =>
    {
        string path = PathOf(Path);
        if (Directory.Exists(path))
            path = System.IO.Path.Combine(path, $"{socket.Interface}.db");
        Files.RefuseExisting(path, Force);
        if (!ShouldChange(path, $"Write the leases of {socket.Interface}"))
            return;
        using ProgressMeter progress = new(this, $"Copying the leases of {socket.Interface}", "bytes");
        Files.Replace(path, Force, stream =>
        {
            foreach (ContentAnswer answer in Ask<ContentAnswer>(socket, new BackupRequest()))
            {
                stream.Write(answer.Content.Span);
                progress.Add(answer.Content.Length);
            }
        });
        WriteFile(path);
    }));
}

/// <summary>Puts a backup in the place of a server's lease database.</summary>
/// <remarks>
/// The server checks the file first and keeps what it has if there is anything wrong with it; then it begins anew with what the backup says. Leases
/// given since the backup was made are forgotten, so it asks first, unless -Force or -Confirm:$false is given.
/// </remarks>
/// <example>
/// <code>Restore-WgLeaseDatabase -Interface wg0 -Path /var/backups/wg0.db</code>
/// Goes back to a backup.
/// </example>
[Cmdlet(VerbsData.Restore, "WgLeaseDatabase", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(FileInfo))]
public sealed class RestoreWgLeaseDatabaseCommand : WgChangeCmdlet
{
    /// <summary>The file that Backup-WgLeaseDatabase wrote.</summary>
    [Parameter(Position = 1, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Gives the file that was restored. Without it nothing is given.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEachDaemon(Interface, socket => ForItem(Path, () =>
    {
        string path = PathOf(Path);
        using Stream stream = Files.OpenRead(path);
        if (!ShouldChange($"{socket.Interface}", $"Replace its leases with those of {path}", Force))
            return;
        During($"Restoring the leases of {socket.Interface}", () =>
        {
            foreach (ServerStatusAnswer _ in Ask<ServerStatusAnswer>(socket, new RestoreRequest(), stream))
            {
                if (PassThru)
                    WriteFile(path);
            }
        });
    }));
}

/// <summary>Files that cmdlets write and read.</summary>
internal static class Files
{
    public static void RefuseExisting(string path, bool force)
    {
        if (!force && System.IO.Path.Exists(path))
            throw new WgDynamicException("WgFileExists", ErrorCategory.ResourceExists, $"{path} is there already", "Choose another name, or replace it with -Force.", path);
    }

    // Whole or not at all, and nobody else may read it meanwhile.
    public static void Replace(string path, bool force, Action<Stream> write, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            using (FileStream stream = new(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: force);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, error);
        }
        finally
        {
            try
            {
                File.Delete(temporary);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Its directory is not there, or not ours.
            }
        }
    }

    public static FileStream OpenRead(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, error);
        }
    }

    private static WgDynamicException Failed(string path, Exception error) => error is FileNotFoundException or DirectoryNotFoundException
        ? new("WgFileNotFound", ErrorCategory.ObjectNotFound, $"there is no {path}, or no directory for it", "Give the path of a file, in a directory that is there.", path, error)
        : new("WgFileFailed", error is UnauthorizedAccessException ? ErrorCategory.PermissionDenied : ErrorCategory.WriteError, error.Message, "See whether the disk has room and you may write there; run it as root if need be.", path, error);
}
