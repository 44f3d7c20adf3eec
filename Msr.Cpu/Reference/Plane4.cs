using Msr.Core.Memory;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Reference;

/// <summary>A tensor of rank 4 indexed as the definitions write it: [n, h, w, c], or [k, r, s, c] for filters.</summary>
/// <typeparam name="E">The element type.</typeparam>
internal readonly ref struct Plane4<E>
    where E : unmanaged
{
    private readonly Span<E> _elements;
    private readonly int _b;
    private readonly int _c;
    private readonly int _d;

    /// <summary>Looks at a tensor.</summary>
    /// <param name="tensor">A tensor of rank 4 in host memory.</param>
    public Plane4(TensorRef<E> tensor)
    {
        _elements = HostMemory<E>.SpanOf(tensor);
        (_b, _c, _d) = (tensor.Shape[1], tensor.Shape[2], tensor.Shape[3]);
    }

    /// <summary>One element.</summary>
    public ref E this[int i, int j, int k, int l] => ref _elements[(((((i * _b) + j) * _c) + k) * _d) + l];
}
