using System.Globalization;

namespace PropertyTests.Cuda.Ptx;

/// <summary>Addresses one past a window, before it, and so large that sums of 32 or 64 bits wrap: each is a fault of its space, never a neighbour's memory.</summary>
public sealed class AddressTests
{
    private const string Variables = ".shared .align 8 .b8 x[12]; .const .align 4 .b8 t[8] = {1};";

    private readonly PtxBench _bench = new();

    [Theory]
    [InlineData("-1", 1)]
    [InlineData("-2", 2)]
    [InlineData("-4", 4)]
    [InlineData("-8", 8)]
    [InlineData("-16", 8)]
    [InlineData("0x100000000", 4)]
    [InlineData("0x100000000", 8)]
    [InlineData("0x4000000000000000", 4)]
    [InlineData("0x8000000000000000", 8)]
    [InlineData("0x7ffffffffffffff8", 8)]
    [InlineData("0xfffffffc", 4)]
    [InlineData("0x80000000", 4)]
    public void Addresses_that_wrap_lie_in_no_variable(string address, int bytes)
    {
        foreach (string space in (string[])["shared", "local", "param", "const", "global"])
        {
            foreach (string access in space is "param" or "const" ? (string[])["ld"] : (string[])["ld", "st"])
            {
                string message = Fault($"mov.u64 %d9, {address}; {Access(access, space, bytes, "%d9")}");
                Assert.Matches(Complaint(space), message);
            }
        }
    }

    [Theory]
    [InlineData("shared", "x+12", 4)]
    [InlineData("shared", "x+8", 8)]
    [InlineData("shared", "x+12", 1)]
    [InlineData("local", "s+16", 4)]
    [InlineData("local", "s+16", 8)]
    [InlineData("local", "s+16", 1)]
    [InlineData("param", "%d10+24", 1)]
    [InlineData("param", "%d10+24", 8)]
    [InlineData("param", "%d10+24", 4)]
    [InlineData("const", "t+8", 4)]
    [InlineData("global", "%d1+8", 4)]
    [InlineData("global", "%d1+8", 1)]
    public void One_past_the_end_is_outside_and_the_last_element_is_not(string space, string past, int bytes)
    {
        int plus = past.LastIndexOf('+');
        int inside = (int.Parse(past.AsSpan(plus + 1), CultureInfo.InvariantCulture) / 4 * 4) - 4;
        foreach (string access in space is "param" or "const" ? (string[])["ld"] : (string[])["ld", "st"])
        {
            Assert.Matches(Complaint(space), Fault(Access(access, space, bytes, past)));
            Run(Access(access, space, Math.Min(bytes, 4), $"{past[..plus]}+{inside}"));
        }
    }

    [Theory]
    [InlineData("x", "shared", 12)]
    [InlineData("s", "local", 16)]
    public void The_generic_window_of_a_space_ends_where_the_space_does(string variable, string space, int bytes)
    {
        string window = $"mov.u64 %d9, {variable}; cvta.{space}.u64 %d9, %d9; ";
        Run($"{window} st.u32 [%d9+{bytes - 4}], 1; ld.u32 %r3, [%d9+{bytes - 4}];");
        Assert.Matches(Complaint(space), Fault($"{window} st.u32 [%d9+{bytes}], 1;"));
        Assert.Matches("address|overrun", Fault($"{window} st.u32 [%d9+-4], 1;"));
        Assert.Matches(Complaint(space), Fault($"{window} mov.u64 %d10, 0xfffffffffc; add.s64 %d9, %d9, %d10; st.u32 [%d9], 1;"));
    }

    [Fact]
    public void Of_a_vector_every_element_lies_within()
    {
        Assert.Matches(Complaint("shared"), Fault("st.shared.v4.u32 [x], {1, 2, 3, 4};"));
        Assert.Matches(Complaint("local"), Fault("st.local.v4.u32 [s+16], {1, 2, 3, 4};"));
        Assert.Matches(Complaint("shared"), Fault("mov.u64 %d9, -8; st.shared.v2.u32 [%d9], {1, 2};"));
        Assert.Matches(Complaint("global"), Fault("mov.u64 %d9, -16; ld.global.v4.u32 {%r3, %r4, %r5, %r6}, [%d9];"));
    }

    private static string Complaint(string space) => space switch
    {
        "shared" => "shared address .* (is outside every variable|lies between two variables)",
        "local" => "local address .* is outside every variable",
        "param" => "the read at byte .* is outside the kernel's 24 bytes of parameters",
        _ => "global address|overrun",
    };

    private static string Access(string access, string space, int bytes, string address)
    {
        string register = bytes switch { 8 => "%d11", 4 => "%r3", _ => "%h1" };
        return access == "ld" ? $"ld.{space}.u{8 * bytes} {register}, [{address}];" : $"st.{space}.u{8 * bytes} [{address}], {register};";
    }

    // Every variable is written first: what is outside is told from what is fresh.
    private static string Body(string lines) => $"""
        .local .align 8 .b8 s[16];
        mov.b64 %d10, a; mov.u64 %d11, 5; mov.u32 %r3, 5; mov.u16 %h1, 5;
        st.shared.u64 [x], %d11; st.shared.u32 [x+8], %r3;
        st.local.u64 [s], %d11; st.local.u64 [s+8], %d11;
        ld.const.u32 %r4, [t];
        {lines}
        """;

    private string Fault(string lines) => _bench.Fault(Body(lines), a: _bench.Upload(1, 2), variables: Variables);

    private void Run(string lines) => _bench.Run(Body(lines), a: _bench.Upload(1, 2), variables: Variables);
}
