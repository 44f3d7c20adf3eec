namespace Msr.Core.Training;

/// <summary>Where a training stands.</summary>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="TotalSteps">Optimiser steps of the whole training.</param>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Loss">Mean loss of the steps since the last report.</param>
/// <param name="LearningRate">The rate of the last step.</param>
/// <param name="ImagesPerSecond">Speed of the steps since the last report.</param>
public sealed record TrainingProgress(long Step, long TotalSteps, int Epoch, double Loss, double LearningRate, double ImagesPerSecond);
