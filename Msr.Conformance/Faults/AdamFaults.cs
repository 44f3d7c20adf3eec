using Msr.Core.Ops;

namespace Msr.Conformance.Faults;

/// <summary>Wrong directions of Adam.</summary>
internal static class AdamFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new ChangedInput(
            "adam-correction-forgotten",
            "moments are not made up for having begun at 0",
            static operand => operand.Name == "correction",
            static (correction, _) => correction.AsSpan().Fill(1),
            AdamDirection<double>.Kind),
        new ChangedInput(
            "adam-corrections-exchanged",
            "each moment is corrected by what belongs to the other",
            static operand => operand.Name == "correction",
            static (correction, _) => correction.AsSpan().Reverse(),
            AdamDirection<double>.Kind),
        new OtherSettings("adam-betas-exchanged", "each moment keeps what the other should", static s => s with { Beta1 = s.Beta2, Beta2 = s.Beta1 }),
        new OtherSettings("adam-float32-complement", "1 − β2 is taken of a β2 rounded to float32", static s => s with { Beta2 = (float)s.Beta2 }),
        new Formula(
            "adam-epsilon-in-the-root",
            "ε is added to the mean square, not to its root",
            static (m, v, c, s) => m * c[0] / Math.Sqrt((v * c[1]) + s.Epsilon)),
        new Formula("adam-epsilon-forgotten", "the root mean square alone divides", static (m, v, c, _) => m * c[0] / Math.Sqrt(v * c[1])),
        new Formula("adam-root-forgotten", "the mean square divides, not its root", static (m, v, c, s) => m * c[0] / ((v * c[1]) + s.Epsilon)),
        new Formula(
            "adam-correction-outside-the-root",
            "the root mean square is corrected as the mean square should be",
            static (m, v, c, s) => m * c[0] / ((Math.Sqrt(v) * c[1]) + s.Epsilon)),
        new Unsquared(),
        new Stale(),
        new NotStored("adam-first-moment-not-stored", "first", "m"),
        new NotStored("adam-second-moment-not-stored", "second", "v"),
    ];

    private static double[] Directions(double[] m, double[] v, double[] correction, AdamSettings settings) =>
        [.. m.Zip(v, (first, second) => first * correction[0] / (Math.Sqrt(second * correction[1]) + settings.Epsilon))];

    private sealed class OtherSettings(string name, string defect, Func<AdamSettings, AdamSettings> change) : Fault(name, defect, AdamDirection<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            AdamDirection<T> op = (AdamDirection<T>)run.Op;
            run.Run(new AdamDirection<T>(op.G, op.M, op.V, op.Correction, op.D, change(op.Settings)));
        }
    }

    /// <summary>Right moments, and another formula for the direction: of m, v, the corrections and the settings.</summary>
    private sealed class Formula(string name, string defect, Func<double, double, double[], AdamSettings, double> direction)
        : Fault(name, defect, AdamDirection<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            run.Pass();
            double[] m = run.Read("m"), v = run.Read("v"), correction = run.Read("correction");
            run.Write("d", [.. m.Zip(v, (first, second) => direction(first, second, correction, ((AdamDirection<T>)run.Op).Settings))]);
        }
    }

    private sealed class Unsquared() : Fault("adam-second-moment-unsquared", "the second moment takes the absolute gradient for its square", AdamDirection<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            AdamSettings settings = ((AdamDirection<T>)run.Op).Settings;
            double[] g = run.Read("g"), before = run.Read("v"), correction = run.Read("correction");
            run.Pass();
            double[] m = run.Read("m"), v = [.. before.Zip(g, (old, x) => (settings.Beta2 * old) + ((1 - settings.Beta2) * Math.Abs(x)))];
            run.Write("v", v);
            run.Write("d", Directions(m, v, correction, settings));
        }
    }

    private sealed class Stale() : Fault("adam-direction-of-the-last-step", "the direction is taken of the moments before they are updated", AdamDirection<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            AdamSettings settings = ((AdamDirection<T>)run.Op).Settings;
            double[] m = run.Read("m"), v = run.Read("v"), correction = run.Read("correction");
            run.Pass();
            run.Write("d", Directions(m, v, correction, settings));
        }
    }

    private sealed class NotStored(string name, string ordinal, string moment) : Fault(
        name, $"the new {ordinal} moment makes the direction, but is not written back", AdamDirection<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            double[] before = run.Read(moment);
            run.Pass();
            run.Write(moment, before);
        }
    }
}
