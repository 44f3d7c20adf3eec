namespace Msr.Cli.Benchmarks;

/// <summary>The times of one kind of op, all its calls of a step together.</summary>
internal sealed class OpTimes
{
    private readonly Queue<double> _steps = [];
    private (double Seconds, double Operations, double Bytes) _current;

    /// <summary>Operations of a step by the definition; 0 where they are not what counts.</summary>
    public double Operations { get; private set; }

    /// <summary>Bytes that a step moves at least.</summary>
    public double Bytes { get; private set; }

    /// <summary>Seconds of a step.</summary>
    public Quartiles Seconds => Quartiles.Of(_steps);

    /// <summary>Adds a call.</summary>
    /// <param name="seconds">Its time.</param>
    /// <param name="operations">Its operations.</param>
    /// <param name="bytes">Its bytes.</param>
    public void Add(double seconds, double operations, double bytes) =>
        _current = (_current.Seconds + seconds, _current.Operations + operations, _current.Bytes + bytes);

    /// <summary>Ends a step.</summary>
    /// <param name="kept">The last steps, which count.</param>
    public void EndStep(int kept)
    {
        _steps.Enqueue(_current.Seconds);
        (Operations, Bytes) = (_current.Operations, _current.Bytes);
        _current = default;
        if (_steps.Count > kept)
        {
            _steps.Dequeue();
        }
    }
}
