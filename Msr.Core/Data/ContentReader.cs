using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Msr.Core.Data;

/// <summary>
/// Reads the content of a <see cref="DataFile"/> from front to back, through gzip where needed, and sums it up. The length of the content
/// is known before any of it is read, so a caller can compare it with what a header claims before allocating anything.
/// </summary>
internal sealed class ContentReader : IDisposable
{
    // No deflate stream expands further: a length-258 match costs at least two bits.
    private const long LargestExpansion = 1032;
    private const int SmallestGzip = 18;
    private const int TrailerLength = 4;

    private readonly DataFile _file;
    private readonly Stream _source;
    private readonly GZipStream? _unpacked;
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);

    /// <summary>Takes over an open stream.</summary>
    /// <exception cref="DataException">The file is empty, or its gzip envelope is damaged.</exception>
    internal ContentReader(DataFile file, Stream source)
    {
        _file = file;
        _source = source;
        try
        {
            Length = source.Length;
            if (Length == 0)
            {
                throw Malformed(0, "the file is empty; fetch it again");
            }

            if (IsGzip())
            {
                Length = UnpackedLength();
                _unpacked = new GZipStream(source, CompressionMode.Decompress);
            }

            source.Position = 0;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The length of the uncompressed content in bytes, as the file system or the gzip trailer gives it.</summary>
    internal long Length { get; }

    /// <summary>How many bytes of the content have been read.</summary>
    internal long Offset { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _unpacked?.Dispose();
        _source.Dispose();
        _md5.Dispose();
    }

    /// <summary>The exception for a failure of the system.</summary>
    internal static DataException Unreadable(string name, long offset, Exception error) => new(
        DataProblem.Unreadable, name, offset, $"reading failed ({error.Message.TrimEnd('.')}); check the permissions and the disk", error);

    /// <summary>The exception for content that is wrong at an offset.</summary>
    internal DataException Malformed(long offset, string complaint, Exception? inner = null) =>
        new(DataProblem.Malformed, _file.Name, offset, complaint, inner);

    /// <summary>Reads exactly as many bytes as there is room for.</summary>
    /// <exception cref="DataException">The content ends early or the gzip data are damaged.</exception>
    internal void Read(Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            int read = ReadSome(destination);
            if (read == 0)
            {
                throw Malformed(Offset, $"the content ends here, {destination.Length} bytes early; the file is cut off, fetch it again");
            }

            destination = destination[read..];
        }
    }

    /// <summary>Makes sure that nothing follows and that the sum is the expected one.</summary>
    /// <returns>The MD5 sum in lower-case hexadecimal.</returns>
    /// <exception cref="DataException">Bytes follow, or the sum differs.</exception>
    internal string Finish()
    {
        long end = Offset;
        if (ReadSome(stackalloc byte[1]) != 0)
        {
            throw Malformed(end, "bytes follow where the content should end; fetch the file again");
        }

        string found = Convert.ToHexStringLower(_md5.GetHashAndReset());
        if (_file.ExpectedMd5 is not { } expected || expected == found)
        {
            return found;
        }

        string other = KnownDataset.NameOfContent(found) is { } known ? $", which is that of {known}" : string.Empty;
        throw new DataException(
            DataProblem.Malformed,
            $"{_file.Name}: the MD5 sum of the content is {found}{other}, but it should be {expected}; fetch the file again.");
    }

    private int ReadSome(Span<byte> destination)
    {
        try
        {
            int read = (_unpacked ?? _source).Read(destination);
            _md5.AppendData(destination[..read]);
            Offset += read;
            return read;
        }
        catch (InvalidDataException error)
        {
            throw Malformed(Offset, "the gzip data are damaged after this byte of the content; fetch the file again", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(_file.Name, Offset, error);
        }
    }

    private bool IsGzip()
    {
        Span<byte> magic = stackalloc byte[2];
        return _source.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == 2 && magic is [0x1f, 0x8b];
    }

    private long UnpackedLength()
    {
        if (_source.Length < SmallestGzip)
        {
            throw Malformed(0, $"a gzip file has at least {SmallestGzip} bytes, this one {_source.Length}; fetch the file again");
        }

        Span<byte> trailer = stackalloc byte[TrailerLength];
        _source.Position = _source.Length - TrailerLength;
        _source.ReadExactly(trailer);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        if (length > _source.Length * LargestExpansion)
        {
            string claim = $"the gzip trailer claims {length} bytes of content, more than {_source.Length} bytes can hold";
            throw Malformed(0, $"{claim}; fetch the file again");
        }

        return length;
    }
}
