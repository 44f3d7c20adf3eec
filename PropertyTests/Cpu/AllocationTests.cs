using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Conformance.Verification;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu;
using Msr.Cpu.Memory;

namespace PropertyTests.Cpu;

/// <summary>No op allocates once scratch memory has grown.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_warm_op_allocates_nothing_on_any_thread(int threads)
    {
        using CpuBackend<float> backend = new(threads);
        List<Op<float>> ops = [];
        foreach (OpEntry entry in OpTable.All)
        {
            ops.Add(((OpCase)entry.Generate(5)).Build(new Memory<float>(backend)));
        }

        foreach (OpCase large in CpuCases.LargerThanAPiece)
        {
            ops.Add(large.Build(new Memory<float>(backend)));
        }

        Repeat(backend, ops, 40);
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 20 && least > 0; attempt++)
        {
            // The process allocates now and then of its own (the test host's timers, the JIT): what ops allocate would show every time.
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Repeat(backend, ops, 2);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.Equal(0, least);
    }

    private static void Repeat(CpuBackend<float> backend, List<Op<float>> ops, int times)
    {
        for (int i = 0; i < times; i++)
        {
            foreach (Op<float> op in ops)
            {
                backend.Run(op);
            }
        }
    }

    // Zeros throughout: labels and winners are in range then.
    private sealed class Memory<T>(IBackend<T> backend) : IOperands<T>
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        public TensorRef<T> Real(string name, Shape shape) => Cleared(backend.Allocate<T>(shape.Length).View(0, shape));

        public TensorRef<int> Integer(string name, Shape shape) => Cleared(backend.Allocate<int>(shape.Length).View(0, shape));

        private static TensorRef<E> Cleared<E>(TensorRef<E> tensor)
            where E : unmanaged
        {
            HostMemory<E>.SpanOf(tensor).Clear();
            return tensor;
        }
    }
}
