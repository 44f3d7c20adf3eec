using System.Runtime.InteropServices;
using Msr.Conformance.Cases;
using Msr.Conformance.Laws;
using Msr.Conformance.Subjects;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu;
using Msr.Cpu.Memory;

namespace PropertyTests.Cpu;

/// <summary>What the backend promises to the last bit.</summary>
public sealed class BitwiseTests
{
    private static readonly RandomStream s_seed = new RandomStream(11).Split("bitwise");

    [Fact]
    public void Results_are_the_same_for_one_to_five_threads()
    {
        using Subject<float> one = new(new CpuBackend<float>(1));
        List<(OpCase Case, CaseData Results)> expected =
            [.. CpuCases.Sample.Concat(CpuCases.LargerThanAPiece).Concat(Larger).Select(opCase => (opCase, one.Run(opCase, opCase.Data).Outputs))];
        for (int threads = 2; threads <= 5; threads++)
        {
            using Subject<float> subject = new(new CpuBackend<float>(threads));
            foreach ((OpCase opCase, CaseData results) in expected)
            {
                string? difference = SameBitsLaw.Difference(results, subject.Run(opCase, opCase.Data).Outputs, $"on {threads} threads");
                Assert.True(difference is null, $"{opCase}: {difference}");
            }
        }
    }

    /// <summary>What a wide path leaves to a narrower one, it may leave: convolutions, shortcuts and pools, at any number of channels.</summary>
    [Theory]
    [InlineData(VectorPath.Vector256)]
    [InlineData(VectorPath.Vector512)]
    public void Ops_that_are_left_to_narrower_vectors_have_the_bits_of_128(VectorPath path)
    {
        using Subject<float> narrow = new(new CpuBackend<float>(1, VectorPath.Vector128)), wide = new(new CpuBackend<float>(1, path));
        foreach (OpCase opCase in CpuCases.Convolutions.Concat(CpuCases.ShortcutsAndPools))
        {
            CaseData results = narrow.Run(opCase, opCase.Data).Outputs;
            string? difference = SameBitsLaw.Difference(results, wide.Run(opCase, opCase.Data).Outputs, $"on {path}");
            Assert.True(difference is null, $"{opCase}: {difference}");
        }
    }

    [Theory]
    [InlineData(VectorPath.Scalar)]
    [InlineData(VectorPath.Vector128)]
    [InlineData(VectorPath.Vector256)]
    [InlineData(VectorPath.Vector512)]
    public void The_result_of_a_sample_depends_on_no_other_sample(VectorPath path)
    {
        using CpuBackend<float> backend = new(2, path);
        foreach (ConvGeometry g in CpuCases.Geometries)
        {
            int n = 5;
            TensorRef<float> x = Draw(backend, g.Input(n)), w = Draw(backend, g.Filter), dy = Draw(backend, g.Output(n));
            AssertBatchInvariant(backend, g.Output(n), (y, first, count) => new ConvForward<float>(g, Samples(x, first, count), w, Samples(y, first, count)));
            AssertBatchInvariant(backend, g.Input(n), (dx, first, count) => new ConvBackwardData<float>(g, Samples(dy, first, count), w, Samples(dx, first, count)));
        }

        TensorRef<float> a = Draw(backend, new Shape(67, 300)), b = Draw(backend, new Shape(10, 300));
        AssertBatchInvariant(backend, new Shape(67, 10), (c, first, count) => new MatMul<float>(Samples(a, first, count), b, Samples(c, first, count), false, true));
        TensorRef<float> images = Draw(backend, new Shape(5, 9, 7, 10)), bias = Draw(backend, new Shape(10));
        PoolGeometry pool = PoolGeometry.Global(9, 7, 10);
        AssertBatchInvariant(backend, new Shape(5, 1, 1, 10), (y, first, count) => new MeanPoolForward<float>(pool, Samples(images, first, count), Samples(y, first, count)));
        AssertBatchInvariant(backend, images.Shape, (y, first, count) => new BiasAdd<float>(Samples(images, first, count), bias, Samples(y, first, count)));
    }

    private static IEnumerable<OpCase> Larger =>
    [
        .. CpuCases.Passes(new ConvGeometry(20, 21, 16, 16, 3, 3, padding: new Border(1)), 9, accumulate: false),
        .. CpuCases.Passes(new ConvGeometry(20, 21, 3, 10, 3, 3, stride: (2, 2), padding: new Border(1)), 17, accumulate: true),
        .. CpuCases.Passes(new ConvGeometry(33, 20, 8, 24, 3, 3, padding: new Border(1)), 1, accumulate: false),
    ];

    private static void AssertBatchInvariant(CpuBackend<float> backend, Shape shape, Func<TensorRef<float>, int, int, Op<float>> op)
    {
        TensorRef<float> whole = backend.Allocate<float>(shape.Length).View(0, shape), parts = backend.Allocate<float>(shape.Length).View(0, shape);
        backend.Run(op(whole, 0, shape[0]));
        for (int first = 0, count = 1; first < shape[0]; first += count, count++)
        {
            count = Math.Min(count, shape[0] - first);
            backend.Run(op(parts, first, count));
        }

        Assert.True(
            MemoryMarshal.AsBytes(HostMemory<float>.SpanOf(whole)).SequenceEqual(MemoryMarshal.AsBytes(HostMemory<float>.SpanOf(parts))),
            op(whole, 0, shape[0]).ToString());
    }

    private static TensorRef<float> Samples(TensorRef<float> tensor, int first, int count)
    {
        long sample = tensor.Length / tensor.Shape[0];
        return new TensorRef<float>(tensor.Memory, tensor.Offset + (first * sample), tensor.Shape.WithOuter(count));
    }

    private static TensorRef<float> Draw(CpuBackend<float> backend, Shape shape)
    {
        TensorRef<float> tensor = backend.Allocate<float>(shape.Length).View(0, shape);
        Draws draws = new(s_seed.Split(shape.ToString()));
        foreach (ref float value in HostMemory<float>.SpanOf(tensor))
        {
            value = (float)draws.Normal();
        }

        return tensor;
    }
}
