using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Ops;

namespace PropertyTests.Ops;

/// <summary>A backend under test.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
internal sealed class Subject<T>(IBackend<T> backend) : Subject
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override BackendInfo Info => backend.Info;

    public override double Round(double value) => double.CreateChecked(T.CreateChecked(value));

    public override bool Supports(OpCase opCase) => backend.Supports(opCase.Build(new GuardedOperands<T>(backend)));

    public override CaseData Run(OpCase opCase, CaseData inputs, (string Source, string Destination)? inPlace = null)
    {
        GuardedOperands<T> operands = new(backend, inPlace);
        Op<T> op = opCase.Build(operands);
        operands.Fill(op, inputs);
        backend.Run(op);
        return operands.Collect(op, inputs, opCase.Text);
    }
}
