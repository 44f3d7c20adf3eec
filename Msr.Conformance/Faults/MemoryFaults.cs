using Msr.Core.Ops;

namespace Msr.Conformance.Faults;

/// <summary>Writing too much, too little or the wrong operand; adding where it should write, and the reverse.</summary>
internal static class MemoryFaults
{
    private static readonly string[] s_accumulating =
    [
        "conv.*", MatMul<double>.Kind, Copy<double>.Kind, ReluBackward<double>.Kind, BiasGradient<double>.Kind,
        MaxPoolBackward<double>.Kind, MeanPoolBackward<double>.Kind, ShortcutBackward<double>.Kind,
    ];

    private static readonly string[] s_elementwise =
    [
        Fill<double>.Kind, Copy<double>.Kind, Add<double>.Kind, Scale<double>.Kind, BiasAdd<double>.Kind, "relu.*", NoiseApply<double>.Kind, SgdStep<double>.Kind,
        AdamDirection<double>.Kind,
    ];

    public static IReadOnlyList<Fault> All { get; } =
    [
        new ChangedInput(
            "forgotten-accumulate",
            "the result is written where it should be added",
            static operand => operand.Access == OperandAccess.Accumulate,
            static (values, _) => values.AsSpan().Clear(),
            s_accumulating),
        new ChangedInput(
            "gradient-loses-old",
            "gradients of parameters, which are always added to, are written",
            static operand => operand.Access == OperandAccess.Accumulate,
            static (values, _) => values.AsSpan().Clear(),
            FilterScaleBackward<double>.Kind,
            BatchNormBackward<double>.Kind,
            NormAnchor<double>.Kind),
        new ChangedOutput(
            "missing-clear",
            "the result is added to what was there where it should be written",
            static (before, operand, values) => AddUnlessAdded(before(operand.Name), operand, values),
            s_accumulating),
        new WriteOutside("overrun-by-one", "one element is written beyond the destination", static operand => operand.Shape.Length),
        new WriteOutside("underrun-by-one", "one element is written before the destination", static _ => -1),
        new ReadBeyond(),
        new ChangedOutput(
            "remainder-unwritten",
            "the elements after the last whole vector of 8 stay as they were",
            static (before, operand, values) => before(operand.Name).AsSpan(values.Length / 8 * 8).CopyTo(values.AsSpan(values.Length / 8 * 8)),
            s_elementwise),
        new AlignedPath(),
        new InPlaceAdd(),
        new InputChanged(),
    ];

    private static void AddUnlessAdded(double[] before, Operand operand, double[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] += operand.Access == OperandAccess.Write ? before[i] : 0;
        }
    }

    private sealed class WriteOutside(string name, string defect, Func<Operand, long> place) : Fault(name, defect, "*")
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            run.Pass();
            Operand result = run.Op.Operands.First(static operand => operand.Access != OperandAccess.Read);
            run.WriteOutside(result, place(result));
        }
    }

    private sealed class ReadBeyond() : Fault(
        "read-beyond", "the element behind an input is read, multiplied by 0 and added", "conv.*", MatMul<double>.Kind, BiasGradient<double>.Kind, SquaredNorms<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            run.Pass();
            Operand input = run.Op.Operands.First(static operand => operand.Access == OperandAccess.Read);
            Operand result = run.Op.Operands.Last(static operand => operand.Access != OperandAccess.Read);
            double[] values = run.Read(result);
            values[^1] += FaultyRun<T>.Neighbour(input, input.Shape.Length) is { } element ? 0 * run.Read(element)[0] : 0;
            run.Write(result, values);
        }
    }

    private sealed class AlignedPath() : Fault("aligned-path", "the path for operands at multiples of 8 elements forgets the last element", s_elementwise)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            Operand result = run.Op.Operands.Last(static operand => operand.Access != OperandAccess.Read);
            double before = run.Read(result)[^1];
            run.Pass();
            double[] values = run.Read(result);
            values[^1] = result.Offset % 8 == 0 ? before : values[^1];
            run.Write(result, values);
        }
    }

    private sealed class InPlaceAdd() : Fault("in-place-add", "a sum copies one term and adds the other, which it has overwritten when in place", Add<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            Add<T> op = (Add<T>)run.Op;
            run.Run(new Copy<T>(op.A, op.Y));
            run.Run(new Copy<T>(op.B, op.Y, Accumulate: true));
        }
    }

    private sealed class InputChanged() : Fault(
        "input-changed", "an input is used as scratch and keeps a sign that is not its own", "conv.*", MatMul<double>.Kind, "pool.*", "loss.*", "batch-norm.*")
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            run.Pass();
            Operand input = run.Op.Operands.First(static operand => operand.Access == OperandAccess.Read);
            double[] values = run.Read(input);
            values[^1] = -values[^1];
            run.Write(input, values);
        }
    }
}
