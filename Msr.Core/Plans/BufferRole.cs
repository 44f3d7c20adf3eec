namespace Msr.Core.Plans;

/// <summary>What a buffer of a plan is for.</summary>
public enum BufferRole
{
    /// <summary>Filled from the batch before a step.</summary>
    Input,

    /// <summary>Filled from the step's scalars before a step.</summary>
    Scalar,

    /// <summary>Lives between the op that writes it and the last op that reads it.</summary>
    Activation,

    /// <summary>Trained, or kept like a running statistic; part of a checkpoint.</summary>
    Parameter,

    /// <summary>Gradients of trained parameters.</summary>
    Gradient,

    /// <summary>State of the optimizer; part of a checkpoint.</summary>
    OptimizerState,

    /// <summary>Read by the host after a step.</summary>
    Output,
}
