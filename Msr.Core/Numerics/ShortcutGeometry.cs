namespace Msr.Core.Numerics;

/// <summary>
/// The geometry of a parameter-free shortcut: x [N, H, W, C] gives y [N, P, Q, K] with P = ⌈H/stride⌉, Q = ⌈W/stride⌉; the C channels stand in
/// the middle of the K, with ⌊(K − C)/2⌋ zero channels before them.
/// </summary>
public sealed record ShortcutGeometry
{
    /// <summary>Creates and checks a geometry.</summary>
    /// <param name="h">Input height H.</param>
    /// <param name="w">Input width W.</param>
    /// <param name="c">Input channels C.</param>
    /// <param name="k">Output channels K, at least C.</param>
    /// <param name="stride">Both strides, and the extent of the averaged windows.</param>
    /// <param name="average">Whether windows are averaged (true) or sub-sampled at their first element (false).</param>
    public ShortcutGeometry(int h, int w, int c, int k, int stride, bool average)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(h, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(w, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(c, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, c);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        (H, W, C, K, Stride, Average) = (h, w, c, k, stride, average);
    }

    /// <summary>Input height.</summary>
    public int H { get; }

    /// <summary>Input width.</summary>
    public int W { get; }

    /// <summary>Input channels.</summary>
    public int C { get; }

    /// <summary>Output channels.</summary>
    public int K { get; }

    /// <summary>Both strides.</summary>
    public int Stride { get; }

    /// <summary>Whether windows are averaged.</summary>
    public bool Average { get; }

    /// <summary>Output height, ⌈H/stride⌉.</summary>
    public int P => ((H - 1) / Stride) + 1;

    /// <summary>Output width, ⌈W/stride⌉.</summary>
    public int Q => ((W - 1) / Stride) + 1;

    /// <summary>The output channel of input channel 0.</summary>
    public int FirstChannel => (K - C) / 2;

    /// <summary>The extent of the windows that are read: the stride when averaging, else 1.</summary>
    public int Window => Average ? Stride : 1;

    /// <summary>The shape of the input for a number of samples, [N, H, W, C].</summary>
    /// <param name="n">The number of samples.</param>
    public Shape Input(int n) => new(n, H, W, C);

    /// <summary>The shape of the output for a number of samples, [N, P, Q, K].</summary>
    /// <param name="n">The number of samples.</param>
    public Shape Output(int n) => new(n, P, Q, K);
}
