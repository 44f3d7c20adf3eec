namespace Msr.Conformance.Ops;

/// <summary>Windows along one axis of a plane: window p reads the elements from p·stride − before on, span elements wide.</summary>
/// <param name="Extent">Elements of the axis.</param>
/// <param name="Count">The number of windows.</param>
/// <param name="Stride">Elements from one window to the next.</param>
/// <param name="Before">Padding before the first element.</param>
/// <param name="Span">From the first to the last element that a window reads, both included.</param>
public sealed record WindowAxis(int Extent, int Count, int Stride, int Before, int Span)
{
    /// <summary>Whether a window exists and reads no padding.</summary>
    /// <param name="window">The window.</param>
    public bool IsInside(int window) =>
        window >= 0 && window < Count && (window * Stride) - Before >= 0 && (window * Stride) - Before + Span <= Extent;
}
