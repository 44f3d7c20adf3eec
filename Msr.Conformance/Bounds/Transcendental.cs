namespace Msr.Conformance.Bounds;

/// <summary>The declared accuracy of exp and log: within 2 units in the last place, which is 4 roundings.</summary>
internal static class Transcendental
{
    public const int Roundings = 4;
}
