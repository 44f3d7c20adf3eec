namespace Msr.Cpu.Update;

/// <summary>Rows, handed out to threads in pieces of whole rows.</summary>
/// <param name="count">The rows.</param>
/// <param name="length">Elements of a row.</param>
/// <param name="perPiece">Rows of a piece.</param>
internal readonly struct RowRange(int count, nint length, int perPiece)
{
    /// <summary>About so many elements make a piece.</summary>
    public const int ElementsOfPiece = 1 << 14;

    /// <summary>Elements of a row.</summary>
    public readonly nint Length = length;

    /// <summary>How many pieces there are.</summary>
    public int Pieces => (count + perPiece - 1) / perPiece;

    /// <summary>Rows of so many elements.</summary>
    public static RowRange Of(long count, long length) => new(checked((int)count), (nint)length, (int)Math.Clamp(ElementsOfPiece / length, 1, count));

    /// <summary>The first row of a piece.</summary>
    public int Begin(int piece) => piece * perPiece;

    /// <summary>The row after the last of a piece.</summary>
    public int End(int piece) => Math.Min(Begin(piece) + perPiece, count);
}
