namespace Msr.Core.Layers;

/// <summary>Over what a kernel's mean is taken away when it starts.</summary>
public enum Centring
{
    /// <summary>Nothing is taken away.</summary>
    None,

    /// <summary>Each slice w[k, c, :, :] loses its own mean: the kernel starts on the isocline. A slice of one tap has none to lose.</summary>
    Slice,

    /// <summary>Each filter of one tap loses its mean over input channels.</summary>
    AcrossInputs,
}
