using Msr.Conformance.Subjects;
using PropertyTests.Conformance;

namespace PropertyTests.Properties;

/// <summary>What the projection onto the isocline is: linear, idempotent, never longer, and blind to the order of taps and channels.</summary>
public sealed class ProjectionProperties
{
    private static readonly Subject[] s_backends = [Backends.Named("cpu"), Backends.Named("cpu:f64"), Backends.Named("oracle"), Backends.Named("cuda-emulated")];

    [LawProperty]
    public void Projecting_twice_is_projecting_once(Kernel kernel) => Laws.Hold("projection-is-idempotent", kernel, s_backends);

    [LawProperty]
    public void A_projected_slice_is_no_longer_than_before(Kernel kernel) => Laws.Hold("projection-does-not-expand", kernel, s_backends);

    [LawProperty]
    public void A_slice_of_equal_taps_becomes_zero(Kernel kernel) => Laws.HoldWhereItApplies("projection-annihilates-constants", kernel, s_backends);

    [LawProperty]
    public void Projection_commutes_with_permutations_of_channels(Kernel kernel) => Laws.Hold("projection-commutes-with-channels", kernel, s_backends);

    [LawProperty]
    public void Projection_commutes_with_flips_of_taps(Kernel kernel) => Laws.Hold("projection-commutes-with-taps", kernel, s_backends);

    [LawProperty]
    public void The_projected_mean_of_workers_is_the_mean_of_their_projections(Kernel kernel) =>
        Laws.Hold("projection-commutes-with-averaging", kernel, s_backends);
}
