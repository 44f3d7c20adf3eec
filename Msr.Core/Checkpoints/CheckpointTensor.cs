using System.Buffers;
using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Msr.Core.Numerics;

namespace Msr.Core.Checkpoints;

/// <summary>
/// A named tensor of a checkpoint: contiguous, row-major. Filters are [K, C, R, S] (OIHW), linear weights [out, in], biases and scales
/// [n], as in PyTorch. Its elements are either held in memory (a tensor that was read) or fetched when they are needed (a tensor to be
/// written, whose elements need not exist twice).
/// </summary>
public sealed class CheckpointTensor
{
    /// <summary>The largest number of extents.</summary>
    public const int MaximumRank = 32;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly TensorFill<byte> _fill;

    private CheckpointTensor(string name, SafetensorsDtype dtype, ReadOnlySpan<long> shape, TensorFill<byte> fill)
    {
        Name = CheckText(name, nameof(name));
        Dtype = dtype;
        Shape = [.. shape];
        Length = CheckedLength(shape);
        ByteLength = checked(Length * DtypeTable.Size(dtype));
        if (ByteLength > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(nameof(shape), $"A tensor holds at most {Array.MaxLength} bytes, not {ByteLength}.");
        }

        _fill = fill;
    }

    /// <summary>The name: the path of the parameter, such as <c>stage2.block1.body.conv1.weight</c>.</summary>
    public string Name { get; }

    /// <summary>The type of an element.</summary>
    public SafetensorsDtype Dtype { get; }

    /// <summary>The extents, outermost first; empty for a scalar. An extent may be 0.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>The number of elements: the product of the extents.</summary>
    public long Length { get; }

    /// <summary>The number of bytes.</summary>
    public long ByteLength { get; }

    /// <summary>A tensor whose elements are fetched when it is written.</summary>
    /// <typeparam name="T">float, double, long, int or byte.</typeparam>
    /// <param name="name">The name.</param>
    /// <param name="shape">The extents, outermost first, none negative, at most <see cref="MaximumRank"/> of them.</param>
    /// <param name="fill">Writes all elements; called once for every time the tensor is written or copied out.</param>
    /// <exception cref="ArgumentException">The name is no valid Unicode, or the shape is none.</exception>
    /// <exception cref="NotSupportedException">The format has no such element type.</exception>
    /// <exception cref="OverflowException">The product of the extents does not fit.</exception>
    public static CheckpointTensor Of<T>(string name, ReadOnlySpan<long> shape, TensorFill<T> fill)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(fill);
        return new CheckpointTensor(name, DtypeTable.Of<T>(), shape, bytes => fill(MemoryMarshal.Cast<byte, T>(bytes)));
    }

    /// <inheritdoc cref="Of{T}(string, ReadOnlySpan{long}, TensorFill{T})"/>
    public static CheckpointTensor Of<T>(string name, Shape shape, TensorFill<T> fill)
        where T : unmanaged
    {
        long[] extents = [.. shape.Extents.Select(extent => (long)extent)];
        return Of(name, extents, fill);
    }

    /// <summary>A tensor over the bytes of a file, little-endian; the memory is not copied and must not change.</summary>
    /// <param name="name">The name.</param>
    /// <param name="dtype">The type of an element.</param>
    /// <param name="shape">The extents, outermost first, none negative, at most <see cref="MaximumRank"/> of them.</param>
    /// <param name="bytes">The elements: their product times the size of one.</param>
    /// <exception cref="ArgumentException">The name is no valid Unicode, the shape is none, or the bytes do not fill it.</exception>
    /// <exception cref="OverflowException">The product of the extents does not fit.</exception>
    public static CheckpointTensor FromBytes(string name, SafetensorsDtype dtype, ReadOnlySpan<long> shape, ReadOnlyMemory<byte> bytes)
    {
        CheckpointTensor tensor = new(name, dtype, shape, destination => bytes.Span.CopyTo(destination));
        return tensor.ByteLength == bytes.Length
            ? tensor
            : throw new ArgumentException($"{tensor} is {tensor.ByteLength} bytes, not {bytes.Length}.", nameof(bytes));
    }

    /// <summary>Copies the elements out, bit for bit.</summary>
    /// <typeparam name="T">The type that <see cref="Dtype"/> names; nothing is converted.</typeparam>
    /// <param name="destination">Memory for exactly <see cref="Length"/> elements; it is zeroed first.</param>
    /// <exception cref="InvalidOperationException">The elements are of another type: <see cref="ConvertTo{T}"/> converts.</exception>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void CopyTo<T>(Span<T> destination)
        where T : unmanaged
    {
        if (DtypeTable.Of<T>() != Dtype)
        {
            throw new InvalidOperationException($"{this} does not hold {DtypeTable.Of<T>()}; ConvertTo converts.");
        }

        CheckLength(destination.Length, Length);
        destination.Clear();
        _fill(MemoryMarshal.AsBytes(destination));
    }

    /// <summary>Copies the elements out as <typeparamref name="T"/>, rounding each to nearest, ties to even.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="destination">Memory for exactly <see cref="Length"/> elements.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void ConvertTo<T>(Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (DtypeTable.Of<T>() == Dtype)
        {
            CopyTo(destination);
            return;
        }

        CheckLength(destination.Length, Length);
        byte[] rented = ArrayPool<byte>.Shared.Rent((int)ByteLength);
        Span<byte> bytes = rented.AsSpan(0, (int)ByteLength);
        CopyBytesTo(bytes);
        switch (Dtype)
        {
            case SafetensorsDtype.F32: Convert<float, T>(bytes, destination); break;
            case SafetensorsDtype.F64: Convert<double, T>(bytes, destination); break;
            case SafetensorsDtype.I64: Convert<long, T>(bytes, destination); break;
            case SafetensorsDtype.I32: Convert<int, T>(bytes, destination); break;
            default: Convert<byte, T>(bytes, destination); break;
        }

        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Copies the bytes out as they stand in the file, little-endian.</summary>
    /// <param name="destination">Memory for exactly <see cref="ByteLength"/> bytes; it is zeroed first.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void CopyBytesTo(Span<byte> destination)
    {
        CheckLength(destination.Length, ByteLength);
        destination.Clear();
        _fill(destination);
    }

    /// <summary>The name, the type and the shape: <c>'stem.weight' F32 [16, 3, 3, 3]</c>.</summary>
    public override string ToString() => $"{CheckpointException.Quote(Name)} {DtypeTable.Name(Dtype)} {Text(Shape)}";

    /// <summary>The same elements under another name.</summary>
    internal CheckpointTensor Renamed(string name) => new(name, Dtype, Shape.AsSpan(), _fill);

    internal static string Text(ImmutableArray<long> shape) => $"[{string.Join(", ", shape)}]";

    /// <summary>Refuses what UTF-8 cannot carry: it would come back as other text.</summary>
    internal static string CheckText(string text, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        try
        {
            _ = StrictUtf8.GetByteCount(text);
            return text;
        }
        catch (EncoderFallbackException cause)
        {
            throw new ArgumentException($"{CheckpointException.Quote(text)} has half a surrogate pair at {cause.Index}.", parameter, cause);
        }
    }

    private static long CheckedLength(ReadOnlySpan<long> shape)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shape.Length, MaximumRank, nameof(shape));
        long length = 1;
        foreach (long extent in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(extent, nameof(shape));
            length = checked(length * extent);
        }

        return length;
    }

    private static void Convert<TFrom, T>(ReadOnlySpan<byte> bytes, Span<T> destination)
        where TFrom : unmanaged, INumberBase<TFrom>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ReadOnlySpan<TFrom> source = MemoryMarshal.Cast<byte, TFrom>(bytes);
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = T.CreateTruncating(source[i]);
        }
    }

    private void CheckLength(int destination, long expected)
    {
        if (destination != expected)
        {
            throw new ArgumentException($"{this} needs room for exactly {expected}, not {destination}.", nameof(destination));
        }
    }
}

/// <summary>Writes every element of a tensor, in row-major order, into the memory it is given.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <param name="destination">Zeroed memory of exactly the tensor's length.</param>
public delegate void TensorFill<T>(Span<T> destination)
    where T : unmanaged;

/// <summary>Tensors in a fixed order, each found by its name too. Names are unique.</summary>
public sealed class TensorSet : IReadOnlyList<CheckpointTensor>
{
    private readonly OrderedDictionary<string, CheckpointTensor> _tensors = new(StringComparer.Ordinal);

    /// <summary>Collects tensors.</summary>
    /// <param name="tensors">The tensors, in the order in which they are kept.</param>
    /// <exception cref="ArgumentException">Two tensors have one name.</exception>
    public TensorSet(params IEnumerable<CheckpointTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        foreach (CheckpointTensor tensor in tensors)
        {
            if (!_tensors.TryAdd(tensor.Name, tensor))
            {
                throw new ArgumentException($"Two tensors are called {CheckpointException.Quote(tensor.Name)}.", nameof(tensors));
            }
        }
    }

    /// <summary>The set without tensors.</summary>
    public static TensorSet Empty { get; } = new();

    /// <summary>The number of tensors.</summary>
    public int Count => _tensors.Count;

    /// <summary>The tensor at a place.</summary>
    /// <param name="index">From 0.</param>
    public CheckpointTensor this[int index] => _tensors.GetAt(index).Value;

    /// <summary>The tensor of a name.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public CheckpointTensor this[string name] => _tensors[name];

    /// <summary>Looks for the tensor of a name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tensor">The tensor, if there is one.</param>
    public bool TryGet(string name, [NotNullWhen(true)] out CheckpointTensor? tensor) => _tensors.TryGetValue(name, out tensor);

    /// <inheritdoc/>
    public IEnumerator<CheckpointTensor> GetEnumerator() => _tensors.Values.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
