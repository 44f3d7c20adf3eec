namespace Msr.Cli.Datasets;

/// <summary>Says in one sentence, or one a route, why a data set could not be fetched and what to do.</summary>
/// <param name="message">The sentence.</param>
/// <param name="inner">The cause, if another exception is.</param>
public sealed class FetchException(string message, Exception? inner = null) : Exception(message, inner);
