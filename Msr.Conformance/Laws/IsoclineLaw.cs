using System.Numerics;
using Msr.Conformance.Cases;
using Msr.Conformance.Plans;
using Msr.Conformance.Subjects;
using Msr.Core.Backends;

namespace Msr.Conformance.Laws;

/// <summary>
/// The isocline holds: after any number of steps with arbitrary gradients, rates, momentum, Nesterov, decay and clipping, every |slice mean| stays
/// within the running bound of <see cref="IsoclineDrift"/>.
/// </summary>
internal sealed class IsoclineLaw : Law
{
    public override string Name => "isocline";

    public override string Statement => "A kernel that starts with zero-mean slices keeps them through any update steps, within the running bound.";

    public override LawStrength Strength => LawStrength.Theorem;

    public override LawOutcome Check(TestCase testCase, Subject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        double worst = subject.Visit(new Guest((TrajectoryCase)testCase));
        return worst <= 1 ? LawOutcome.Holds(worst) : LawOutcome.Failed($"|slice mean| is {worst:G4} of its bound");
    }

    private sealed class Guest(TrajectoryCase trajectory) : ISubjectGuest<double>
    {
        public double Work<T>(IBackend<T> backend)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => trajectory.WorstRatio(backend);
    }
}
