using System.Numerics;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Faults;

/// <summary>Sums whose order depends on what it may not depend on. Every single result is within its bound, and exact on integers.</summary>
internal static class OrderFaults
{
    private static readonly RandomStream s_chance = new(1);

    public static IReadOnlyList<Fault> All { get; } =
    [
        new ReversedSum(
            "order-by-chance",
            "the order of a sum changes from run to run, as with atomic additions",
            static (before, _, _) => (s_chance.Word((ulong)before) & 1) == 1,
            ConvForward<double>.Kind,
            MatMul<double>.Kind),
        new ReversedSum(
            "order-by-batch",
            "the algorithm, and with it the order of a sum, depends on the size of the batch",
            static (_, samples, _) => samples > 1,
            ConvForward<double>.Kind),
        new ReversedSum(
            "order-by-threads",
            "the order of a sum depends on the number of threads",
            static (_, _, threads) => threads > 1,
            ConvForward<double>.Kind,
            MatMul<double>.Kind)
        { OnThreads = true },
    ];

    /// <summary>A convolution or a matrix product that sums its channels backwards under a condition.</summary>
    private sealed class ReversedSum(string name, string defect, Func<int, int, int, bool> when, params string[] kinds) : Fault(name, defect, kinds)
    {
        public bool OnThreads { get; init; }

        public override bool NeedsThreads => OnThreads;

        public override void Run<T>(FaultyRun<T> run)
        {
            if (!when(run.Before, run.Op.Operands[0].Shape[0], run.Threads))
            {
                run.Pass();
            }
            else if (run.Op is MatMul<T> product)
            {
                run.PassWith(Reversed(run, "a", !product.TransposeA), Reversed(run, "b", product.TransposeB));
            }
            else
            {
                ConvGeometry g = ((ConvForward<T>)run.Op).Geometry;
                run.PassWith(Reversed(run, "x", true, g.GroupC), Reversed(run, "w", true, g.GroupC));
            }
        }

        /// <summary>An operand with its rows in reverse, or each row in stretches that are.</summary>
        private static (Operand Operand, double[] Values) Reversed<T>(FaultyRun<T> run, string name, bool within, int stretch = 0)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            Operand operand = run.Operand(name);
            double[] values = run.Read(operand);
            int length = stretch > 0 ? stretch : operand.Shape.Inner;
            for (int first = 0; within && first < values.Length; first += length)
            {
                values.AsSpan(first, length).Reverse();
            }

            return (operand, within ? values : [.. values.Chunk(length).Reverse().SelectMany(static row => row)]);
        }
    }
}
