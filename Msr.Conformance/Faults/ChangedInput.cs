using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Faults;

/// <summary>A fault by which a kernel computes with something else than it was given: rounded, shifted, or nothing.</summary>
/// <param name="name">The name.</param>
/// <param name="defect">What is wrong.</param>
/// <param name="which">Which of the operands that the op reads, or adds to.</param>
/// <param name="change">Changes their contents in place, knowing their shape.</param>
/// <param name="kinds">The kinds of op.</param>
internal sealed class ChangedInput(string name, string defect, Func<Operand, bool> which, Action<double[], Shape> change, params string[] kinds)
    : Fault(name, defect, kinds)
{
    public override void Run<T>(FaultyRun<T> run)
    {
        List<(Operand, double[])> changed = [];
        foreach (Operand operand in run.Op.Operands.Where(operand => operand.Access != OperandAccess.Write && which(operand)))
        {
            double[] values = run.Read(operand);
            change(values, operand.Shape);
            changed.Add((operand, values));
        }

        run.PassWith(changed);
    }
}
