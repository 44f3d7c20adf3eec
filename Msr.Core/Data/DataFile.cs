using System.Reflection;

namespace Msr.Core.Data;

/// <summary>
/// A file to read: a name for messages, a way to open it and, where known, the MD5 sum of its content. It may be compressed with gzip,
/// which its first two bytes tell; offsets, lengths and sums are always those of the uncompressed content.
/// </summary>
public sealed class DataFile
{
    private readonly Func<Stream> _open;

    private DataFile(string name, Func<Stream> open, string? expectedMd5)
    {
        Name = name;
        ExpectedMd5 = expectedMd5;
        _open = open;
    }

    /// <summary>The name as messages give it.</summary>
    public string Name { get; }

    /// <summary>The MD5 sum that the uncompressed content must have, in lower-case hexadecimal; null if any content will do.</summary>
    public string? ExpectedMd5 { get; }

    /// <summary>A file in the file system.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="expectedMd5">The sum of its uncompressed content, or null.</param>
    public static DataFile OnDisk(string path, string? expectedMd5 = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new DataFile(path, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0), expectedMd5);
    }

    /// <summary>Content that is in memory already.</summary>
    /// <param name="name">A name for messages.</param>
    /// <param name="content">The bytes; not copied.</param>
    /// <param name="expectedMd5">The sum of the uncompressed content, or null.</param>
    public static DataFile InMemory(string name, byte[] content, string? expectedMd5 = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(content);
        return new DataFile(name, () => new MemoryStream(content, writable: false), expectedMd5);
    }

    /// <summary>A file that is part of this assembly.</summary>
    /// <param name="name">The name of the resource.</param>
    /// <param name="expectedMd5">The sum of its uncompressed content.</param>
    internal static DataFile Embedded(string name, string expectedMd5)
    {
        Assembly assembly = typeof(DataFile).Assembly;
        return new DataFile(name, Open, expectedMd5);

        Stream Open() => assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException(null, name);
    }

    /// <summary>Reads the whole file and compares its sum with <see cref="ExpectedMd5"/>.</summary>
    /// <returns>The MD5 sum of the uncompressed content, in lower-case hexadecimal.</returns>
    /// <exception cref="DataException">The file is missing, unreadable, not a sound gzip file, or has another sum.</exception>
    public string Verify()
    {
        using ContentReader content = Open();
        byte[] buffer = new byte[1 << 16];
        while (content.Offset < content.Length)
        {
            content.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, content.Length - content.Offset)));
        }

        return content.Finish();
    }

    /// <summary>Opens the file.</summary>
    /// <exception cref="DataException">The file is missing, unreadable, empty, or its gzip envelope is damaged.</exception>
    internal ContentReader Open()
    {
        try
        {
            return new ContentReader(this, _open());
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException(DataProblem.Missing, $"{Name} does not exist; check the name, or fetch the data set again.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw ContentReader.Unreadable(Name, 0, error);
        }
    }
}
