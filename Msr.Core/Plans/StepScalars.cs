namespace Msr.Core.Plans;

/// <summary>What changes from step to step; everything else is part of the plan.</summary>
/// <param name="Step">The index of the optimiser step, from 0. Noise is keyed by it.</param>
/// <param name="LearningRate">The learning rate before group multipliers.</param>
/// <param name="NoiseStrength">The half-width d of the noise; 0 switches it off bitwise.</param>
/// <param name="Samples">The number of samples whose losses the update averages, over all accumulated batches.</param>
/// <param name="Begins">Whether this batch is the first of its optimiser step: gradients start from zero.</param>
/// <param name="Updates">Whether this batch is the last of its optimiser step: parameters are updated.</param>
public readonly record struct StepScalars(long Step, double LearningRate, double NoiseStrength, int Samples, bool Begins = true, bool Updates = true);
