using Msr.Conformance.Subjects;
using PropertyTests.Conformance;

namespace PropertyTests.Properties;

/// <summary>What training steps of whole networks are, whatever network, optimizer, rate, decay, clip and noise.</summary>
public sealed class TrainingProperties
{
    private static readonly Subject[] s_backends = [Backends.Named("cpu"), Backends.Named("cpu:f64"), Backends.Named("oracle")];

    [LawProperty(MaxTest = 40)]
    public void A_resumed_training_ends_at_the_same_bits(TrainedNetwork network) => Laws.HoldWhereItApplies("resume", network, s_backends);

    [LawProperty(MaxTest = 40)]
    public void Bits_do_not_depend_on_the_number_of_threads(TrainedNetwork network) => Laws.Hold("plan-any-thread-count", network, Backends.Named("cpu"));

    [LawProperty(MaxTest = 40)]
    public void Compiled_steps_do_what_interpreted_steps_do(TrainedNetwork network) => Laws.HoldWhereItApplies("compiled-is-interpreted", network, s_backends);
}
