using System.Reflection;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace PropertyTests.Properties;

/// <summary>Properties are repeatable: in CI always, elsewhere by the command that a failure prints.</summary>
public sealed class LawPropertyTests
{
    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, "", null)]
    [InlineData(null, "false", null)]
    [InlineData(null, "true", "(20191129,1)")]
    [InlineData(null, "1", "(20191129,1)")]
    [InlineData("(7,9,3)", null, "(7,9,3)")]
    [InlineData("(7,9,3)", "true", "(7,9,3)")]
    public void Draws_are_fixed_in_CI_and_when_a_seed_is_given(string? replay, string? ci, string? seed) =>
        Assert.Equal(seed, LawPropertyAttribute.SeedFor(replay, ci));

    [Fact]
    public async Task A_failure_prints_the_smallest_value_and_the_command_that_repeats_it()
    {
        string message = Assert.Single((await Run(nameof(Wrong.Numbers_are_below_ten))).OfType<ITestFailed>()).Messages[0];
        Assert.Matches(@"(Original|Shrunk):\r?\n10\r?\n", message);
        Assert.Matches(@"MSR_REPLAY=""\(\d+,\d+,\d+\)"" dotnet test PropertyTests -c Release --filter FullyQualifiedName~LawPropertyTests\+Wrong\.Numbers", message);
    }

    [Fact]
    public async Task The_printed_seed_starts_at_the_value_that_failed()
    {
        string message = Assert.Single((await Run(nameof(Wrong.Numbers_are_below_ten))).OfType<ITestFailed>()).Messages[0];
        ulong[] seed = [.. Regex.Match(message, @"MSR_REPLAY=""\((?<seed>.*)\)""", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["seed"].Value.Split(',').Select(ulong.Parse)];
        Exception again = Assert.ThrowsAny<Exception>(() => Prop.ForAll<int>(static number => number < 10)
            .Check(Config.QuickThrowOnFailure.WithReplay(seed[0], seed[1], (int)seed[2])));
        Assert.Contains("after 1 test ", again.Message, StringComparison.Ordinal);
        Assert.Equal(Original(message), Original(again.Message));

        static string Original(string text) => text.Split("Original:")[1].Split("Shrunk:")[0].Trim();
    }

    [Fact]
    public async Task A_property_that_holds_passes() => Assert.Single((await Run(nameof(Wrong.Nothing_is_wrong))).OfType<ITestPassed>());

    [Fact]
    public void All_properties_are_laws_of_this_attribute() => Assert.All(
        typeof(LawPropertyTests).Assembly.GetTypes().SelectMany(static type => type.GetMethods()),
        static method => Assert.True(method.GetCustomAttribute<PropertyAttribute>() is null or LawPropertyAttribute, method.Name));

    private static async Task<List<IMessageSinkMessage>> Run(string method)
    {
        TestAssembly assembly = new(Reflector.Wrap(typeof(Wrong).Assembly));
        TestClass type = new(new TestCollection(assembly, null, "wrong"), Reflector.Wrap(typeof(Wrong)));
        TestMethod tested = new(type, Reflector.Wrap(typeof(Wrong).GetMethod(method)!));
        using LawPropertyTestCase testCase = new(new Xunit.Sdk.NullMessageSink(), TestMethodDisplay.ClassAndMethod, TestMethodDisplayOptions.None, tested);
        using Keeper keeper = new();
        using CancellationTokenSource cancellation = new();
        await testCase.RunAsync(new Xunit.Sdk.NullMessageSink(), keeper, [], new ExceptionAggregator(), cancellation);
        return keeper.Kept;
    }

    private sealed class Keeper : IMessageBus
    {
        public List<IMessageSinkMessage> Kept { get; } = [];

        public bool QueueMessage(IMessageSinkMessage message)
        {
            Kept.Add(message);
            return true;
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Not public: xunit does not run it.</summary>
#pragma warning disable xUnit1000 // on purpose
    private sealed class Wrong
#pragma warning restore xUnit1000
    {
        [LawProperty]
        public void Numbers_are_below_ten(int number) => Assert.True(number < 10);

        [LawProperty]
        public void Nothing_is_wrong(int number) => Assert.Equal(number, number + 0);
    }
}
