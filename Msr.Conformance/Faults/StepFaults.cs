using Msr.Core.Memory;
using Msr.Core.Ops;

namespace Msr.Conformance.Faults;

/// <summary>Every op is right by itself; together they make a wrong step. Only laws of trajectories and plans can tell.</summary>
internal static class StepFaults
{
    public static IReadOnlyList<Fault> All { get; } = [new UnprojectedStep(), new GradientsNotCleared()];

    private sealed class UnprojectedStep() : Fault(
        "step-from-unprojected-gradient", "the momentum takes the gradient as it was before its projection", IsoclineProject<double>.Kind, SgdStep<double>.Kind)
    {
        public override bool NeedsSteps => true;

        public override void Run<T>(FaultyRun<T> run)
        {
            if (run.Op is IsoclineProject<T> project)
            {
                run.Memory[((DeviceMemory)project.X.Memory, project.X.Offset)] = run.Read("x");
                run.Pass();
                return;
            }

            Operand g = run.Operand("g");
            double[] gradient = run.Read(g);
            foreach ((object key, double[] before) in run.Memory)
            {
                (DeviceMemory memory, long offset) = ((DeviceMemory, long))key;
                long place = offset - g.Offset;
                if (memory == g.Memory && place >= 0 && place + before.Length <= gradient.Length)
                {
                    before.CopyTo(gradient, place);
                }
            }

            run.PassWith((g, gradient));
        }
    }

    private sealed class GradientsNotCleared() : Fault(
        "gradients-not-cleared", "a tensor that was filled once is not filled again: gradients of one step go into the next", Fill<double>.Kind)
    {
        public override bool NeedsSteps => true;

        public override void Run<T>(FaultyRun<T> run)
        {
            Operand y = run.Operand("y");
            if (run.Memory.TryAdd((y.Memory, y.Offset), []))
            {
                run.Pass();
            }
        }
    }
}
