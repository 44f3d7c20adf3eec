using Msr.Core.Memory;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Oracle;

/// <summary>A tensor [N, H, W, C] as pixels, each a span of C channels.</summary>
/// <typeparam name="E">The element type.</typeparam>
internal readonly ref struct Pixels<E>
    where E : unmanaged
{
    private readonly Span<E> _elements;

    /// <summary>Looks at a tensor.</summary>
    /// <param name="tensor">A tensor of rank 4 in host memory.</param>
    public Pixels(TensorRef<E> tensor)
    {
        _elements = HostMemory<E>.SpanOf(tensor);
        (N, H, W, C) = (tensor.Shape[0], tensor.Shape[1], tensor.Shape[2], tensor.Shape[3]);
    }

    /// <summary>Samples.</summary>
    public int N { get; }

    /// <summary>Rows of a plane.</summary>
    public int H { get; }

    /// <summary>Columns of a plane.</summary>
    public int W { get; }

    /// <summary>Channels.</summary>
    public int C { get; }

    /// <summary>The channels of a pixel.</summary>
    public Span<E> this[int n, int h, int w] => _elements.Slice(((((n * H) + h) * W) + w) * C, C);

    /// <summary>A row of pixels, [W, C].</summary>
    /// <param name="n">The sample.</param>
    /// <param name="h">The row.</param>
    public Span<E> Row(int n, int h) => _elements.Slice(((n * H) + h) * W * C, W * C);
}
