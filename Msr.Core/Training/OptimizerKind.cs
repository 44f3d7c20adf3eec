namespace Msr.Core.Training;

/// <summary>What makes steps of gradients.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,

    /// <summary>Adam with decoupled weight decay, its direction projected onto the isocline; see docs/adr/0010.</summary>
    AdamW,
}
