namespace Msr.Core.Checkpoints;

/// <summary>
/// Files that are there as a whole or not at all. The content goes to a temporary file in the same directory, is flushed to the disk,
/// and is then renamed over the old file, so a reader, and a run that resumes after SIGKILL or a power cut, finds the old content or the
/// new one.
/// </summary>
/// <remarks>
/// .NET cannot open a directory to flush it, so after a power cut right after <see cref="Write"/> the rename itself may be lost: then the
/// old file is there, whole, and beside it perhaps a leftover. A process that is killed leaves its temporary file,
/// <c>.NAME.UNIQUE.msr-tmp</c>; <see cref="RemoveLeftovers"/> clears those away.
/// </remarks>
public static class AtomicFile
{
    /// <summary>The suffix of temporary files.</summary>
    public const string TemporaryExtension = ".msr-tmp";

    /// <summary>
    /// Writes a file, replacing it if it exists. If anything fails, the old file is untouched and no temporary file is left.
    /// </summary>
    /// <param name="path">The file; its directory must exist. A symbolic link is replaced, not followed.</param>
    /// <param name="write">Writes the content; what it throws comes out, failures of the disk as <see cref="StorageException"/>.</param>
    /// <exception cref="StorageException">The disk is full, gone or not permitted.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string full = Path.GetFullPath(path);
        string temporary = Path.Combine(
            Path.GetDirectoryName(full) ?? full,
            $".{Path.GetFileName(full)}.{Guid.NewGuid():N}{TemporaryExtension}");
        bool done = false;
        try
        {
            // Nobody else may open it: that is also how RemoveLeftovers tells a file at work from a leftover.
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
            done = true;
        }
        catch (Exception cause) when (StorageException.IsRaw(cause))
        {
            throw StorageException.Writing(path, File.Exists(full), cause);
        }
        finally
        {
            if (!done)
            {
                _ = TryDelete(temporary);
            }
        }
    }

    /// <summary>Deletes the temporary files of processes that were killed; those that a live process is writing are left alone.</summary>
    /// <param name="directory">The directory; it need not exist.</param>
    /// <returns>The number of files deleted.</returns>
    public static int RemoveLeftovers(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (!Directory.Exists(directory))
        {
            return 0;
        }

        string[] files = Directory.GetFiles(directory, $".*{TemporaryExtension}");
        return files.Count(file => IsUnused(file) && TryDelete(file));
    }

    private static bool IsUnused(string file)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>A leftover does no harm, so failing to delete it is no error, least of all while one is on its way.</summary>
    private static bool TryDelete(string file)
    {
        try
        {
            File.Delete(file);
            return true;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
