namespace Msr.Cuda.Emulation.Ptx;

/// <summary>A word or a single sign of a PTX text.</summary>
/// <param name="Text">The word, with its dots and percent signs, or the sign.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Start">The index of its first character in the whole text.</param>
internal readonly record struct PtxToken(string Text, int Line, int Start)
{
    /// <summary>Whether this is the given word or sign.</summary>
    /// <param name="text">What it may be.</param>
    public bool Is(string text) => Text == text;
}
