using Msr.Conformance.Subjects;
using PropertyTests.Conformance;

namespace PropertyTests.Properties;

/// <summary>
/// The sentence this project is built on: both backends keep every kernel on the zero-mean isocline. |slice mean| stays within the running
/// bound that docs/error-bounds.md derives, "The isocline over a trajectory".
/// </summary>
public sealed class IsoclineProperties
{
    private static readonly Subject[] s_bothBackends = [Backends.Named("cpu"), Backends.Named("cuda-emulated")];

    [LawProperty]
    public void Both_backends_keep_every_kernel_on_the_zero_mean_isocline(TrainedNetwork network) =>
        Laws.Hold("plan-isocline", network, s_bothBackends);

    [LawProperty]
    public void Every_backend_keeps_a_kernel_there_whatever_its_gradients(Trajectory trajectory) =>
        Laws.Hold("isocline", trajectory, Backends.UnderTest);
}
