namespace Msr.Core.Backends;

/// <summary>The tensors that belong to one parameter of a plan.</summary>
public enum ParameterPart
{
    /// <summary>The parameter itself.</summary>
    Value,

    /// <summary>Its gradient as the last step left it: projected and clipped.</summary>
    Gradient,

    /// <summary>The momentum buffer of the optimiser.</summary>
    Momentum,
}
