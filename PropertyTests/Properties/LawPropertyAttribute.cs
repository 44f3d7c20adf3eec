using System.Text.RegularExpressions;
using FsCheck.Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace PropertyTests.Properties;

/// <summary>
/// A test method that must hold for every generated value of its parameters. FsCheck draws them from <see cref="Arbitraries"/> and shrinks a
/// value that fails. In CI every run draws the same values; elsewhere each run draws new ones. A failure prints the command that repeats it.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("PropertyTests.Properties.LawPropertyDiscoverer", "PropertyTests")]
public sealed class LawPropertyAttribute : PropertyAttribute
{
    /// <summary>The environment variable that starts the draws at a printed seed.</summary>
    internal const string ReplayVariable = "MSR_REPLAY";

    private const string FixedSeed = "(20191129,1)";

    /// <summary>Creates the attribute: 100 values, unless <see cref="PropertyAttribute.MaxTest"/> says otherwise.</summary>
    public LawPropertyAttribute()
    {
        MaxTest = 100;
        QuietOnSuccess = true;
        Arbitrary = [typeof(Arbitraries)];
        Replay = SeedFor(Environment.GetEnvironmentVariable(ReplayVariable), Environment.GetEnvironmentVariable("CI"));
    }

    /// <summary>The seed of a run: the one asked for, else a fixed one in CI, else none, for new values.</summary>
    internal static string? SeedFor(string? replay, string? ci) =>
        !string.IsNullOrEmpty(replay) ? replay : string.IsNullOrEmpty(ci) || ci == "false" ? null : FixedSeed;
}

/// <summary>Finds the methods with <see cref="LawPropertyAttribute"/>.</summary>
/// <param name="sink">Where xunit wants diagnostics.</param>
public sealed class LawPropertyDiscoverer(IMessageSink sink) : IXunitTestCaseDiscoverer
{
    /// <inheritdoc/>
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        [new LawPropertyTestCase(sink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod)];
}

/// <summary>Runs a property as FsCheck does, and adds the command that repeats a failure.</summary>
public sealed partial class LawPropertyTestCase : PropertyTestCase
{
    /// <summary>For xunit, which creates test cases before it reads them from their serialised form.</summary>
    public LawPropertyTestCase()
    {
    }

    /// <summary>Creates the test case of a method.</summary>
    /// <param name="sink">Where xunit wants diagnostics.</param>
    /// <param name="display">What the name of a test is made of.</param>
    /// <param name="options">How it is written.</param>
    /// <param name="method">The method.</param>
    public LawPropertyTestCase(IMessageSink sink, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(sink, display, options, method, null)
    {
    }

    /// <inheritdoc/>
    public override Task<RunSummary> RunAsync(
        IMessageSink diagnosticMessageSink,
        IMessageBus messageBus,
        object[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource) =>
        base.RunAsync(diagnosticMessageSink, new RepeatingBus(messageBus), constructorArguments, aggregator, cancellationTokenSource);

    /// <summary>Passes messages on; those of failures gain a line.</summary>
    private sealed partial class RepeatingBus(IMessageBus inner) : IMessageBus
    {
        public bool QueueMessage(IMessageSinkMessage message) => inner.QueueMessage(message is ITestFailed failed ? Repeatable(failed) : message);

        public void Dispose()
        {
            // The bus belongs to the runner.
        }

        private static TestFailed Repeatable(ITestFailed failed)
        {
            string[] messages = [.. failed.Messages];
            if (LastSeed().Match(messages[0]) is { Success: true } last)
            {
                string name = $"{failed.TestClass.Class.Name.Split('.')[^1]}.{failed.TestMethod.Method.Name}";
                messages[0] += $"\nRepeat this value with: {LawPropertyAttribute.ReplayVariable}=\"({last.Groups["seed"]},{last.Groups["size"]})\""
                    + $" dotnet test PropertyTests -c Release --filter FullyQualifiedName~{name}";
            }

            return new TestFailed(failed.Test, failed.ExecutionTime, failed.Output, failed.ExceptionTypes, messages, failed.StackTraces, failed.ExceptionParentIndices);
        }

        [GeneratedRegex(@"with size of (?<size>\d+) and seed of \((?<seed>\d+,\d+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
        private static partial Regex LastSeed();
    }
}
