using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu;
using Msr.Cpu.Memory;
using Msr.Cpu.Reference;

namespace PropertyTests.Cpu;

/// <summary>A stride beyond the padded input is the same as one of its extent: there is one output, whatever the number says.</summary>
public sealed class LargestStrideTests
{
    [Theory]
    [InlineData(11, PaddingMode.Zero)]
    [InlineData(70_000, PaddingMode.Zero)]
    [InlineData(1 << 30, PaddingMode.Zero)]
    [InlineData(int.MaxValue, PaddingMode.Zero)]
    [InlineData(11, PaddingMode.Replicate)]
    [InlineData(int.MaxValue, PaddingMode.Replicate)]
    public void All_three_passes_work_at_any_stride(int stride, PaddingMode mode)
    {
        ConvGeometry g = new(8, 7, 3, 5, 3, 3, stride: (stride, stride), padding: new Border(1), mode: mode);
        TensorRef<double> x = Draw(g.Input(2)), w = Draw(g.Filter), dy = Draw(g.Output(2));
        AssertAgree(g.Output(2), y => new ConvForward<double>(g, x, w, y));
        AssertAgree(g.Input(2), dx => new ConvBackwardData<double>(g, dy, w, dx));
        AssertAgree(g.Filter, dw => new ConvBackwardFilter<double>(g, x, dy, dw));
    }

    private static void AssertAgree(Shape shape, Func<TensorRef<double>, Op<double>> op)
    {
        using CpuBackend<double> cpu = new(1);
        using ReferenceBackend<double> reference = new();
        TensorRef<double> expected = New(shape), got = New(shape);
        reference.Run(op(expected));
        cpu.Run(op(got));
        for (int i = 0; i < shape.Length; i++)
        {
            Assert.Equal(HostMemory<double>.SpanOf(expected)[i], HostMemory<double>.SpanOf(got)[i], 1e-12);
        }
    }

    private static TensorRef<double> Draw(Shape shape)
    {
        TensorRef<double> tensor = New(shape);
        RandomStream stream = new RandomStream(3).Split(shape.ToString());
        for (int i = 0; i < shape.Length; i++)
        {
            HostMemory<double>.SpanOf(tensor)[i] = stream.Uniform((ulong)i) - 0.5;
        }

        return tensor;
    }

    private static TensorRef<double> New(Shape shape) => new HostMemory<double>(shape.Length).View(0, shape);
}
