namespace Msr.Core.Plans;

/// <summary>The tensors that belong to one parameter of a plan.</summary>
public enum ParameterPart
{
    /// <summary>The parameter itself.</summary>
    Value,

    /// <summary>What the last step went along: its gradient, projected and clipped, or the direction that Adam made of it.</summary>
    Gradient,

    /// <summary>The momentum buffer of the optimiser: with Adam the first moment, the mean of gradients.</summary>
    Momentum,

    /// <summary>The second moment of Adam, the mean of squared gradients.</summary>
    SecondMoment,
}
