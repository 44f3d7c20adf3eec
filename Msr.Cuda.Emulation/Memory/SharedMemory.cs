namespace Msr.Cuda.Emulation.Memory;

/// <summary>Shared memory of a block. Bytes outside its variables are barred: they can neither be read nor be written.</summary>
/// <param name="length">The length in bytes, gaps included.</param>
internal sealed class SharedMemory(int length)
{
    /// <summary>The bit in <see cref="GlobalBlock.Written"/> that bars a word, or what of it lies outside a variable.</summary>
    public const byte Barred = 0x80;

    private readonly byte[] _open = new byte[(length + 3) / 4];

    /// <summary>The bytes and their marks.</summary>
    public GlobalBlock Block { get; } = new(0, length);

    /// <summary>Opens the bytes of a variable.</summary>
    /// <param name="offset">Its first byte, a multiple of 4.</param>
    /// <param name="size">Its size in bytes.</param>
    public void Open(int offset, int size) => _open.AsSpan(offset / 4, (size + 3) / 4).Fill(1);

    /// <summary>Makes the memory fresh for the next block.</summary>
    public void Reset()
    {
        Block.Data.AsSpan().Fill(0xff);
        Block.Marks.AsSpan().Clear();
        Span<byte> written = Block.Written;
        for (int word = 0; word < written.Length; word++)
        {
            written[word] = _open[word] != 0 ? (byte)0 : Barred;
        }
    }
}
