using Msr.Cuda.Emulation.Faults;
using Msr.Cuda.Emulation.Ptx.Decoding;

namespace PropertyTests.Cuda.Ptx;

public class LaunchFaultTests
{
    private readonly PtxBench _bench = new();

    [Theory]
    [InlineData(0u, 1u)]
    [InlineData(1u, 0u)]
    [InlineData(65u, 1u)]
    public void Shapes_that_the_kernel_does_not_take_are_refused(uint threads, uint blocks)
    {
        string module = PtxBench.Module("", directives: ".maxntid 64, 1, 1\n.minnctapersm 2");
        _bench.Launch(module, 64, 1, 0, 0, 0);
        Assert.Contains("Launch of k", Assert.Throws<EmulationException>(() => _bench.Launch(module, threads, blocks, 0, 0, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_required_block_shape_is_the_only_one()
    {
        string module = PtxBench.Module("", directives: ".reqntid 64");
        _bench.Launch(module, 64, 1, 0, 0, 0);
        Assert.Throws<EmulationException>(() => _bench.Launch(module, 32, 1, 0, 0, 0));
    }

    [Fact]
    public void A_wrong_number_of_parameter_bytes_is_refused()
    {
        string module = PtxBench.Module("");
        Assert.Contains("the launch passes 16 bytes of parameters; the kernel takes 24", Assert.Throws<EmulationException>(() => _bench.Launch(module, 1, 1, 0, 0)).Message, StringComparison.Ordinal);
        Assert.Throws<EmulationException>(() => _bench.Launch(module, 1, 1, 0, 0, 0, 0));
    }

    [Theory]
    [InlineData("frobnicate.s32 %r3, %r1, %r1;", "' is not supported")]
    [InlineData("add.f32 %f1, %f1, %f1;", "' is not supported")]
    [InlineData("add.rn.ftz.f32 %f1, %f1, %f1;", "' is not supported")]
    [InlineData("div.full.f32 %f1, %f1, %f1;", "' is not supported")]
    [InlineData("ex2.approx.f32 %f1, %f1;", "' is not supported")]
    [InlineData("cvt.sat.u8.s32 %h1, %r1;", "' is not supported")]
    [InlineData("cvt.rz.f32.s32 %f1, %r1;", "' is not supported")]
    [InlineData("ld.volatile.global.u32 %r3, [%d1];", "' is not supported")]
    [InlineData("ld.global.v8.f32 %f1, [%d1];", "' is not supported")]
    [InlineData("atom.global.sub.u32 %r3, [%d1], 1;", "' is not supported")]
    [InlineData("activemask.b32 %r3;", "' is not supported")]
    [InlineData("membar.gl;", "' is not supported")]
    [InlineData("bar.sync 1;", "barrier 0")]
    [InlineData("bar.red.popc.u32 %r3, 0, %p1;", "' is not supported")]
    [InlineData("setp.lt.b32 %p1, %r1, %r2;", "' is not supported")]
    [InlineData("add.s32 %r3, %r1;", "'add.s32' takes 3 operands, not 2")]
    [InlineData("add.s32 %r3, %r1, %d1;", "has 64 bits, not the required 32")]
    [InlineData("add.s64 %d3, %r1, %d1;", "has 32 bits, not the required 64")]
    [InlineData("add.s32 %r32, %r1, %r2;", "is not a declared register")]
    [InlineData("add.s32 %r3, %r1, %q2;", "is not a known register, number or variable")]
    [InlineData("add.s32 5, %r1, %r2;", "is not a declared register")]
    [InlineData("add.rn.f32 %f1, %f2, 0d3FF0000000000000;", "does not have the required 32 bits")]
    [InlineData("ld.shared.u32 %r3, [a];", "is not an address in the Shared space")]
    [InlineData("mov.u32 %r3, %clock;", "is not a known register, number or variable")]
    [InlineData("bra NOWHERE;", "the target 'NOWHERE' of 'bra' is not a label of this kernel")]
    [InlineData("L: L: bra L;", "twice")]
    [InlineData("call (x), f, (y);", "expected an operand, got '('")]
    [InlineData("add.s32 %r3, %r1, %r2 add.s32 %r3, %r1, %r2;", "comma or a semicolon")]
    [InlineData(".loc 1 2 3;", "is not a supported instruction, label or directive")]
    [InlineData("st.param.u32 [a], 1;", "' is not supported")]
    [InlineData("@%r1 bra L; L:", "'%r1' is not a declared predicate")]
    public void What_is_not_supported_is_an_error_of_the_text_with_its_line(string line, string what)
    {
        string message = PtxBench.ParseFault(PtxBench.Module("\n" + line));
        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.StartsWith("PTX line 24: ", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "PTX line 1: the text ends unexpectedly: ''.")]
    [InlineData(".version 9.9\n.target sm_70\n.address_size 64", "PTX line 1: the PTX version '9.9' is not from 6.0 to 8.0; compile for 6.4: '.version 9.9'.")]
    [InlineData(".version 6.4\n.target sm_90a\n.address_size 64", "PTX line 2: the target 'sm_90a' is not a plain sm_NN; compile for sm_70: '.target sm_90a'.")]
    [InlineData(".version 6.4\n.target sm_70\n.address_size 32", "PTX line 3: expected '64', got '32': '.address_size 32'.")]
    [InlineData(".version 6.4\n.target sm_70\n.address_size 64\n.func f() { ret; }", "PTX line 4: the directive '.func' is not supported in a module; only kernels and static variables are: '.func f() { ret; }'.")]
    [InlineData(".version 6.4\n.target sm_70\n.address_size 64\n.visible .entry k() { ret;", "PTX line 4: the text ends unexpectedly: '.visible .entry k() { ret;'.")]
    [InlineData(".version 6.4\n.target sm_70\n.address_size 64\n.visible .entry k() { }", "PTX line 4: the kernel 'k' runs past its end; end it with ret.")]
    [InlineData(".version 6.4\n.target sm_70\n.address_size 64\n.visible .entry k() { ret; } .visible .entry k() { ret; }", "PTX line 4: the kernel 'k' is defined twice: '.visible .entry k() { ret; } .visible .entry k() { ret; }'.")]
    [InlineData(".version 6.4\n.target sm_70\n.address_size 64\n.extern .shared .align 4 .b8 x[];", "PTX line 4: the directive '.extern' is not supported in a module; only kernels and static variables are: '.extern .shared .align 4 .b8 x[];'.")]
    [InlineData(".version 6.4\n.target sm_70\n.address_size 64\n.shared .align 4 .b8 x[];", "PTX line 4: 'x' has no size; dynamic shared memory is not supported, give it a size: '.shared .align 4 .b8 x[];'.")]
    [InlineData(".version 6.4\n.target sm_70\n.address_size 64\n#", "PTX line 4: the character '#' is not allowed in PTX.")]
    [InlineData(".version 6.4\n.target sm_70\n.address_size 64\n/* open", "PTX line 4: a comment is not closed; end it with */.")]
    public void A_malformed_module_is_refused_in_one_sentence(string text, string message) => Assert.Equal(message, PtxBench.ParseFault(text));

    [Fact]
    public void Parameters_lie_at_their_alignment()
    {
        PtxModule module = PtxModule.Parse("""
            .version 6.4
            .target sm_70, debug
            .address_size 64
            .visible .entry k(.param .u8 a, .param .f32 b, .param .u64 c, .param .align 4 .b8 d[40], .param .align 16 .b8 e[16]) .maxntid 8, 4, 2 { ret; }
            """.Replace(", debug", "", StringComparison.Ordinal));
        PtxKernel kernel = module.Kernels["k"];
        Assert.Equal([0, 4, 8, 16, 64], kernel.Parameters.Select(parameter => parameter.Offset));
        Assert.Equal([1, 4, 8, 40, 16], kernel.Parameters.Select(parameter => parameter.Size));
        Assert.Equal((80, 64, 0), (kernel.ParameterBytes, kernel.MaxThreads, kernel.SharedBytes));
    }

    [Fact]
    public void Shared_bytes_are_those_of_the_variables_that_the_kernel_names()
    {
        string text = PtxBench.Module("mov.u64 %d9, x; mov.u64 %d10, y;", ".shared .align 4 .b8 x[20]; .shared .align 16 .b8 y[16]; .shared .align 4 .b8 z[999];");
        Assert.Equal(48, PtxModule.Parse(text).Kernels["k"].SharedBytes);
    }
}
