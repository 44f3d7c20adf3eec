using Msr.Conformance.Subjects;
using PropertyTests.Conformance;

namespace PropertyTests.Properties;

/// <summary>What a convolution and its gradients are, whatever the geometry.</summary>
public sealed class ConvolutionProperties
{
    private static readonly Subject[] s_backends =
        [Backends.Named("reference:f64"), Backends.Named("oracle"), Backends.Named("oracle:f64"), Backends.Named("cpu"), Backends.Named("cpu:f64")];

    [LawProperty]
    public void Every_element_is_within_its_derived_bound(Convolution convolution) => Laws.Hold("bound", convolution, s_backends);

    [LawProperty]
    public void The_gradients_are_adjoints(Convolution convolution) => Laws.HoldWhereItApplies("adjoint", convolution, s_backends);

    [LawProperty]
    public void A_convolution_is_linear_in_its_input_and_in_its_filters(Convolution convolution) => Laws.Hold("linearity", convolution, s_backends);

    [LawProperty]
    public void A_moved_plane_moves_its_result(Convolution convolution) => Laws.HoldWhereItApplies("translation", convolution, s_backends);

    [LawProperty]
    public void Samples_do_not_see_each_other(Convolution convolution) => Laws.HoldWhereItApplies("batch-invariance", convolution, s_backends);

    [LawProperty]
    public void Groups_do_not_see_each_other(Convolution convolution) => Laws.HoldWhereItApplies("groups-are-separate", convolution, s_backends);

    [LawProperty]
    public void Padding_is_a_larger_plane(Convolution convolution) => Laws.HoldWhereItApplies("padding-is-a-larger-plane", convolution, s_backends);

    [LawProperty]
    public void Kernels_on_the_isocline_ignore_constant_planes(Convolution convolution) =>
        Laws.HoldWhereItApplies("centred-kernels-ignore-constants", convolution, s_backends);
}
