using Msr.Conformance.Cases;
using Msr.Conformance.Verification;

namespace PropertyTests.Conformance;

/// <summary>A case and its text are the same thing.</summary>
public sealed class CaseTextTests
{
    public static TheoryData<string> Kinds => [.. CaseCatalog.All.Select(static entry => entry.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_text_gives_the_case_that_it_is_of(string kind)
    {
        CaseEntry entry = CaseCatalog.Find(kind)!;
        for (ulong seed = 0; seed < 50; seed++)
        {
            TestCase drawn = entry.Generate(seed);
            TestCase read = CaseTextReader.Read($"{drawn}");
            Assert.Equal($"{drawn}", $"{read}");
            Assert.Equal(drawn.Descriptor, read.Descriptor);
            Assert.Equal(drawn.GetType(), read.GetType());
        }
    }

    [Theory]
    [InlineData("", "'' is no case: it needs a kind, parameters and a seed, as in 'matmul rows=2 inner=3 columns=4 seed=0x2a'.")]
    [InlineData("matmul", "'matmul' is no case: it needs a kind")]
    [InlineData("matmul rows=2 inner=3 columns=4", "it needs a kind, parameters and a seed")]
    [InlineData("matmul m2l3n4#2a", "'matmul m2l3n4#2a' has the form of earlier versions, with keys of one letter; a case is written as in 'matmul rows=2 ")]
    [InlineData("matmul rows=2 inner=3 columns=4 seed=xyz", "'xyz' is no seed: it is a whole number of 64 bits, such as 42 or 0x2a.")]
    [InlineData("matmul rows=2 inner=3 columns=4 seed=0x11111111111111111", "is no seed")]
    [InlineData("matmull rows=2 inner=3 columns=4 seed=1", "There is no kind 'matmull'; near to it: matmul.")]
    [InlineData("conv batch=2 seed=1", "There is no kind 'conv'; near to it: conv.backward-data, conv.backward-filter, conv.forward, copy.")]
    [InlineData("zzzzzzzz batch=2 seed=1", "There is no kind 'zzzzzzzz', nor one near to it.")]
    [InlineData("matmul rows=2 inner=3 seed=1", "'matmul rows=2 inner=3 seed=1' is no case: 'columns' (columns) is missing.")]
    [InlineData("matmul rows=2 inner=3 columns=4 columns=5 seed=1", "'columns' (columns) is given twice.")]
    [InlineData("matmul rows=2 inner=3 columns=4 seed=1 seed=2", "there is no 'seed'; the keys are rows=N, ")]
    [InlineData("matmul rows=2 inner=3 columns=4 size=5 seed=1", "there is no 'size'; the keys are rows=N, inner=N, columns=N, transpose=no|yes,no|yes, accumulate=no|yes.")]
    [InlineData("matmul rows=0 inner=3 columns=4 seed=1", "'rows' (rows) is at least 1, not 0.")]
    [InlineData("matmul rows=2 inner=3 columns seed=1", "'columns' is not KEY=VALUE, such as rows=1.")]
    [InlineData("matmul rows=2 inner=3 columns= seed=1", "'columns' (columns) is a whole number, not ''.")]
    [InlineData("matmul rows=2 inner=3 columns=-4 seed=1", "'columns' (columns) is a whole number, not '-4'.")]
    [InlineData("matmul rows=2 inner=3 columns=99999999999 seed=1", "'columns' (columns) is a whole number, not '99999999999'.")]
    [InlineData("matmul rows=2 inner=3 columns=4 transpose=perhaps seed=1", "'transpose' (whether the left factor is transposed) is no or yes, not 'perhaps'.")]
    [InlineData("matmul rows=2 inner=3 columns=4 values=odd seed=1", "'odd' is no value class; they are normal, common, wide")]
    [InlineData("sgd.step length=2 momentum=0.123 seed=1", "'momentum' (momentum) is a multiple of 0.01, not '0.123'.")]
    [InlineData("adam.direction length=2 epsilon=0.1 seed=1", "'epsilon' (ε) is a power of ten such as 1e-5, not '0.1'.")]
    [InlineData("conv.forward batch=1 in=1 image=4,4 out=1 filter=3,3 pad=1,1 seed=1", "'pad=1,1' has 2 values; pad has 4: TOP,LEFT,BOTTOM,RIGHT.")]
    [InlineData("conv.forward batch=1 in=1 image=1,1 out=1 filter=3,3 seed=1", "is no valid geometry: the filter spans 3 but the padded input has only 1 in height.")]
    [InlineData("conv.forward batch=1 groups=2 in=3 image=1,1 out=3 filter=1,1 seed=1", "2 groups do not divide 3 input and 3 output channels.")]
    [InlineData("matmul rows=50000 inner=3 columns=50000 seed=1", "elements; at most 134217728 are possible.")]
    [InlineData("conv.forward batch=2000000000 in=2000000000 image=1000000000,1 out=2 filter=1,1 seed=1", "it has more elements than can be counted.")]
    public void A_malformed_text_is_refused_with_a_sentence(string text, string sentence)
    {
        FormatException error = Assert.Throws<FormatException>(() => CaseTextReader.Read(text));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("conv.forward batch=2 in=3 image=8,8 out=4 filter=3,3 pad=1,1,1,1 seed=0x2a", "conv.forward seed=42 pad=1 filter=3 out=4 image=8 in=3 batch=2")]
    [InlineData("sgd.step length=5 momentum=0.9 nesterov=yes weight-decay=0.0005 values=wide seed=0x1", "sgd.step length=5 nesterov=yes weight-decay=0.0005 momentum=0.90 values=wide seed=1")]
    [InlineData("plan.step model=resnet8 method=bn batch=4 image=8,8 channels=1 width=2 classes=2 optimizer=adamw seed=0x7", "plan.step model=resnet8 method=bn batch=4 image=8 channels=1 width=2 classes=2 optimizer=adamw rate=0.05 seed=7")]
    public void A_text_may_be_written_in_any_order_and_with_defaults(string text, string other) => Assert.Equal(text, $"{CaseTextReader.Read(other)}");

    [Fact]
    public void Patterns_choose_kinds()
    {
        Assert.Equal(["conv.backward-data", "conv.backward-filter", "conv.forward"], CaseCatalog.Matching("conv.*").Select(static entry => entry.Kind));
        Assert.Equal(CaseCatalog.All, CaseCatalog.Matching("*"));
        Assert.Empty(CaseCatalog.Matching("conv"));
    }
}
