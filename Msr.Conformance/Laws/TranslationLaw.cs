using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Laws;

/// <summary>
/// Planes that move by a multiple of the stride move their results by as many windows. Windows count whose old and new place lie inside the
/// plane: at the others upstream gradients are 0 and results are not looked at. What moves in from beyond is drawn anew, so nothing else may
/// reach a result. Exact on integers; where the op divides, within twice its bound.
/// </summary>
internal sealed class TranslationLaw : OpLaw
{
    private static readonly HashSet<string> s_inputPlanes = new(["x", "dx"], StringComparer.Ordinal);
    private static readonly HashSet<string> s_outputPlanes = new(["y", "dy", "argmax"], StringComparer.Ordinal);

    public override string Name => "translation";

    public override string Statement => "Planes moved by a multiple of the stride move their results by as many windows; exact on integers.";

    public override LawStrength Strength => LawStrength.Theorem;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        OpCase writing = opCase.Writing;
        if (writing.Windows is not { } windows)
        {
            return LawOutcome.Skipped("the op has no windows");
        }

        (int Rows, int Columns)[] moves = [(1, 1), (1, 0), (0, 1)];
        int choice = (int)(opCase.Descriptor.Seed % 3);
        foreach ((int Rows, int Columns) move in moves[choice..].Concat(moves[..choice]))
        {
            Motion motion = new(writing, windows, move);
            if (motion.MovesAny)
            {
                return motion.Check(subject);
            }
        }

        return LawOutcome.Skipped("no window lies inside the plane before and after");
    }

    private sealed class Motion(OpCase opCase, (WindowAxis Rows, WindowAxis Columns) windows, (int Rows, int Columns) by)
    {
        private readonly (int Rows, int Columns) _inElements = (by.Rows * windows.Rows.Stride, by.Columns * windows.Columns.Stride);

        public bool MovesAny => Enumerable.Range(0, windows.Rows.Count).Any(p => Moves(windows.Rows, p, by.Rows))
            && Enumerable.Range(0, windows.Columns.Count).Any(q => Moves(windows.Columns, q, by.Columns));

        public LawOutcome Check(Subject subject)
        {
            CaseData still = new(), moved = new();
            Draws draws = new(new RandomStream(opCase.Descriptor.Seed).Split("incoming"));
            CaseData drawn = opCase.Draw(ValueClass.Integers);
            foreach (Operand operand in opCase.Operands.Where(static o => o.Access != OperandAccess.Write))
            {
                Place(operand, drawn, still, moved, draws);
            }

            Truth truth = new(opCase, moved, subject);
            bool exact = WholeNumbers.Fit(opCase, truth, moved, subject);
            Truth unmoved = new(opCase, still, subject);
            CaseData before = subject.Run(opCase, still).Outputs, after = subject.Run(opCase, moved).Outputs;
            Judge judge = new(subject);
            foreach (Operand operand in opCase.Operands.Where(static o => o.Access != OperandAccess.Read))
            {
                if (operand.Memory.ElementType == typeof(int))
                {
                    double[] expected = Array.ConvertAll(before.Integers[operand.Name], index => (double)index + FlatShift);
                    Compare(judge, operand, Array.ConvertAll(after.Integers[operand.Name], Convert.ToDouble), expected, new double[expected.Length]);
                }
                else
                {
                    double[] bound = exact ? new double[operand.Shape.Length] : Added(judge, operand, truth, unmoved);
                    Compare(judge, operand, after.Reals[operand.Name], before.Reals[operand.Name], bound);
                }
            }

            return judge.Outcome;
        }

        /// <summary>The bounds of both runs, where they are after the move.</summary>
        private double[] Added(Judge judge, Operand operand, Truth after, Truth before)
        {
            double[] bound = judge.TotalBound(opCase, operand.Name, after), earlier = judge.TotalBound(opCase, operand.Name, before);
            bool onPlane = s_inputPlanes.Contains(operand.Name) || s_outputPlanes.Contains(operand.Name);
            earlier = onPlane ? Planes.Shift(earlier, operand.Shape, s_outputPlanes.Contains(operand.Name) ? by : _inElements, static () => 0.0) : earlier;
            return [.. bound.Zip(earlier, static (a, b) => a + b)];
        }

        /// <summary>How far an index into a plane moves.</summary>
        private int FlatShift => (_inElements.Rows * windows.Columns.Extent) + _inElements.Columns;

        private static bool Moves(WindowAxis axis, int window, int by) => axis.IsInside(window) && axis.IsInside(window + by);

        private void Place(Operand operand, CaseData drawn, CaseData still, CaseData moved, Draws draws)
        {
            string name = operand.Name;
            if (operand.Memory.ElementType == typeof(int))
            {
                int[] winners = drawn.Integers[name];
                (still.Integers[name], moved.Integers[name]) =
                    (winners, Planes.Shift(Array.ConvertAll(winners, index => index + FlatShift), operand.Shape, by, static () => 0));

                // Whatever an unused window points at, it must be an element of the plane.
                int[] after = moved.Integers[name];
                int plane = windows.Rows.Extent * windows.Columns.Extent;
                moved.Integers[name] = Array.ConvertAll(after, index => index < plane ? index : 0);
            }
            else if (s_inputPlanes.Contains(name))
            {
                still.Reals[name] = drawn.Reals[name];
                moved.Reals[name] = Planes.Shift(drawn.Reals[name], operand.Shape, _inElements, () => draws.Real(ValueClass.Integers));
            }
            else if (s_outputPlanes.Contains(name))
            {
                double[] masked = [.. drawn.Reals[name].Select((value, i) => Moves(operand.Shape, i) ? value : 0)];
                still.Reals[name] = masked;
                moved.Reals[name] = Planes.Shift(masked, operand.Shape, by, static () => 0.0);
            }
            else
            {
                still.Reals[name] = moved.Reals[name] = drawn.Reals[name];
            }
        }

        private bool Moves(Shape shape, int index)
        {
            (int p, int q) = (index / (shape[2] * shape[3]) % shape[1], index / shape[3] % shape[2]);
            return Moves(windows.Rows, p, by.Rows) && Moves(windows.Columns, q, by.Columns);
        }

        private void Compare(Judge judge, Operand operand, double[] after, double[] before, double[] bound)
        {
            if (!s_inputPlanes.Contains(operand.Name) && !s_outputPlanes.Contains(operand.Name))
            {
                judge.Compare(operand.Name, after, before, bound);
                return;
            }

            // Results on the input's plane come from the windows that move alone: all of them move, and zeros move in.
            bool outputs = s_outputPlanes.Contains(operand.Name);
            double[] expected = Planes.Shift(before, operand.Shape, outputs ? by : _inElements, static () => 0.0);
            double[] looked = Planes.Shift([.. before.Select((_, i) => !outputs || Moves(operand.Shape, i) ? 1.0 : 0)], operand.Shape, outputs ? by : _inElements, () => outputs ? 0 : 1);
            int[] places = [.. Enumerable.Range(0, after.Length).Where(i => looked[i] == 1)];
            judge.Compare(
                operand.Name, Array.ConvertAll(places, i => after[i]), Array.ConvertAll(places, i => expected[i]), Array.ConvertAll(places, i => bound[i]));
        }
    }
}
