using CsCheck;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Tests.Builders;

namespace ReleaseTracks.Tests.Features;

public sealed class FeatureJsonTests
{
    private const string Plain = """ "key":"f","variants":{"off":false,"on":true},"fallback":"off" """;

    private static (Feature? Feature, IReadOnlyList<InputError> Errors) Read(string json, Feature? existing = null)
    {
        var errors = new InputErrors();
        var feature = FeatureJson.Read(new JsonInput(Make.Json(json), "feature", errors), existing);
        Assert.Equal(feature is null, errors.Any);
        return (feature, errors.All);
    }

    private static void Says(string json, string path, string message)
    {
        var error = Assert.Single(Read(json).Errors);
        Assert.Equal((path, message), (error.Path, error.Message));
    }

    [Fact]
    public void WriteThenRead_AnyFeature_IsTheSame() => DomainGen.Feature.Sample(feature =>
    {
        var text = Make.Text(json => FeatureJson.Write(json, feature));
        var read = Read(text).Feature;
        Assert.NotNull(read);
        Assert.Equal(text, Make.Text(json => FeatureJson.Write(json, read)));
        Assert.Equal(feature.Objectives.AsEnumerable(), read.Objectives);
        Assert.Equal(feature.Disclosure, read.Disclosure);
        Assert.Equal(feature.Releases.SelectMany(release => release.Value), read.Releases.SelectMany(release => release.Value));
    });

    [Fact]
    public void Read_Least_FillsTheRest()
    {
        var feature = Read($"{{{Plain}}}").Feature!;
        Assert.Equal(("f", "f", "", false), (feature.Key, feature.Name, feature.Owner, feature.Ai));
        Assert.Empty(feature.Releases);
        Assert.Equal("off", feature.FallbackVariant.Name);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("\\u0000a")]
    [InlineData("\\ud83d\\ude80")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("A")]
    [InlineData("-a")]
    [InlineData("")]
    [InlineData("\\ud83d")]
    public void Key_Bad_IsRefusedOnceWithItsPath(string key) =>
        Assert.Equal("feature.key", Assert.Single(Read($$"""{"key":"{{key}}","variants":{"off":false},"fallback":"off"}""").Errors).Path);

    [Theory]
    [InlineData("""{"off":false,"on":1}""", "feature.variants.on", "Is a number, but the variant 'off' is a boolean; all variants must have one type.")]
    [InlineData("""{"off":false,"on":"true"}""", "feature.variants.on", "Is a string, but the variant 'off' is a boolean; all variants must have one type.")]
    [InlineData("""{"off":false,"on":null}""", "feature.variants.on", "A variant's value must not be null.")]
    [InlineData("""{"off":false,"off":true}""", "feature.variants.off", "Given twice: keep one.")]
    [InlineData("""{"off":false,"a|b":true}""", "feature.variants.a|b", "A variant's name has 1 to 63 characters, none of them a control character or '|'.")]
    [InlineData("""{"off":false,"a\nb":true}""", "feature.variants.a\uFFFDb", "A variant's name has 1 to 63 characters, none of them a control character or '|'.")]
    [InlineData("""{"off":false,"":true}""", "feature.variants.", "A variant's name has 1 to 63 characters, none of them a control character or '|'.")]
    [InlineData("""{"off":0,"on":9007199254740993}""", "feature.variants.on", null)]
    [InlineData("""{"off":{},"on":{"a":1,"a":2}}""", "feature.variants.on", null)]
    [InlineData("""{"off":"","on":"\ud83d"}""", "feature.variants.on", null)]
    public void Variants_Bad_AreRefused(string variants, string path, string? message)
    {
        var error = Assert.Single(Read($$"""{"key":"f","fallback":"off","variants":{{variants}}}""").Errors);
        Assert.Equal(path, error.Path);
        if (message is not null)
            Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Variants_NoneOrTooManyOrTooLarge_AreRefused()
    {
        Assert.Contains(Read("""{"key":"f","fallback":"off","variants":{}}""").Errors, error => error.Message == "Give 1 to 100 variants.");
        Assert.Contains(Read("""{"key":"f","fallback":"off"}""").Errors, error => error is { Path: "feature.variants", Message: "Missing: give an object." });
        var many = string.Join(',', Enumerable.Range(0, 101).Select(i => $"\"v{i}\":1"));
        Says($$"""{"key":"f","fallback":"v1","variants":{ {{many}} } }""", "feature.variants", "Give 1 to 100 variants.");
        foreach (var text in new[] { new string('x', 65535), new string('€', 22000) })
            Says($$"""{"key":"f","fallback":"off","variants":{"off":"{{text}}"} }""", "feature.variants.off", "Is too large; at most 65536 bytes.");
        Assert.Empty(Read($$"""{"key":"f","fallback":"off","variants":{"off":"{{new string('x', 65534)}}"} }""").Errors);
        var deep = new string('[', 33) + new string(']', 33);
        Assert.Contains("nested deeper", Assert.Single(Read($$"""{"key":"f","fallback":"off","variants":{"off":{{deep}}} }""").Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variants_NameThatIsNoUnicode_IsRefused() =>
        Assert.Contains(
            Read("""{"key":"f","fallback":"off","variants":{"off":false,"\ud83d":true}}""").Errors,
            error => error is { Path: "feature.variants.\uFFFD", Message: "The name is not valid Unicode." });

    [Theory]
    [InlineData("\"fallback\":\"none\"", "feature.fallback", "There is no such variant; choose one of off, on.")]
    [InlineData("\"fallback\":\"off\",\"x\":1", "feature.x", "Unknown member; known here: key, name, owner, ai, variants, fallback, disclosure, releases, objectives.")]
    [InlineData("\"name\":\"f\"", "feature.fallback", "Missing: give a string.")]
    [InlineData("\"fallback\":\"off\",\"ai\":true", "feature.disclosure", "An AI feature needs a disclosure: {\"version\":1,\"text\":\"what the AI does\"}.")]
    [InlineData("\"fallback\":\"off\",\"ai\":1", "feature.ai", "Must be true or false.")]
    [InlineData("\"fallback\":\"off\",\"name\":\"a\\u0007\"", "feature.name", "Contains a control character: remove it.")]
    [InlineData("\"fallback\":\"off\",\"releases\":[]", "feature.releases", "Must be an object of track → allocation.")]
    [InlineData("\"fallback\":\"off\",\"releases\":{\"beta\":[]}", "feature.releases.beta", "Unknown track; the tracks are stable, innovative and ai.")]
    [InlineData("\"fallback\":\"off\",\"releases\":{\"ai\":null}", "feature.releases.ai", "Give at least one {\"variant\",\"weight\"}.")]
    [InlineData("\"fallback\":\"off\",\"objectives\":{}", "feature.objectives", "Must be an array.")]
    public void Feature_Bad_IsRefusedWithPathAndFix(string members, string path, string message) =>
        Says($$"""{"key":"f","variants":{"off":false,"on":true},{{members}}}""", path, message);

    [Theory]
    [InlineData("""[{"variant":"on","weight":99}]""", "", "The weights sum to 99; they must sum to 100.")]
    [InlineData("""[{"variant":"on","weight":60},{"variant":"off","weight":40.001}]""", "", "The weights sum to 100.001; they must sum to 100.")]
    [InlineData("""[]""", "", "Give at least one {\"variant\",\"weight\"}.")]
    [InlineData("""[{"variant":"nope","weight":100}]""", "[0].variant", "There is no such variant; choose one of off, on.")]
    [InlineData("""[{"variant":"on","weight":50},{"variant":"on","weight":50}]""", "[1].variant", "Given twice: add the weights up.")]
    [InlineData("""[{"variant":"on","weight":150},{"variant":"off","weight":-50}]""", "[0].weight", "Must be from 0 to 100.")]
    [InlineData("""[{"variant":"on","weight":100,"w":1}]""", "[0].w", "Unknown member; known here: variant, weight.")]
    [InlineData("""[{"variant":"on"}]""", "[0].weight", "Missing: give the share in percent.")]
    [InlineData("""[{"variant":"on","weight":"100"}]""", "[0].weight", "Must be a number.")]
    [InlineData("""[{"weight":100}]""", "[0].variant", "Missing: give a string.")]
    [InlineData("""[1]""", "[0]", "Must be an object.")]
    public void Allocation_Bad_IsRefusedWithPathAndFix(string allocation, string path, string message)
    {
        var errors = Read($$"""{ {{Plain}},"releases":{"ai":{{allocation}} } }""").Errors;
        Assert.Contains(new InputError("feature.releases.ai" + path, message), errors);
    }

    [Fact]
    public void Allocation_ThirdsThatMissAHundredByRounding_AreAccepted() => Assert.Empty(Read(
        """{"key":"f","variants":{"a":1,"b":2,"c":3},"fallback":"a","releases":{"ai":[{"variant":"a","weight":33.3333333333},{"variant":"b","weight":33.3333333333},{"variant":"c","weight":33.3333333334}]}}""").Errors);

    [Fact]
    public void Releases_Absent_KeepThoseThatAreThere_EmptyTakesThemAway()
    {
        var existing = Make.Feature(stable: "on:100", ai: "on:5 off:95");
        Assert.Same(existing.Releases, Read($$"""{ {{Plain}},"name":"New" }""", existing).Feature!.Releases);
        Assert.Same(existing.Releases, Read($$"""{ {{Plain}},"releases":null }""", existing).Feature!.Releases);
        Assert.Empty(Read($$"""{ {{Plain}},"releases":{} }""", existing).Feature!.Releases);
    }

    [Fact]
    public void Releases_KeptButAVariantGoes_IsRefused()
    {
        var error = Assert.Single(Read("""{"key":"f","variants":{"off":false},"fallback":"off"}""", Make.Feature(ai: "on:100")).Errors);
        Assert.Equal(("feature.releases", "The variant 'on' is still released: keep it, or give the new releases."), (error.Path, error.Message));
    }

    [Fact]
    public void Feature_ManyThingsWrong_AreAllNamedAtOnce()
    {
        var errors = Read("""
            {"key":"A","ai":true,"variants":{"off":false,"on":1},"fallback":"x","releases":{"beta":[],"ai":[{"variant":"y","weight":1}]},"objectives":[{"id":"o"}],"z":0}
            """).Errors;
        Assert.Superset(
            new HashSet<string>
            {
                "feature.z", "feature.key", "feature.variants.on", "feature.fallback", "feature.disclosure", "feature.releases.beta",
                "feature.releases.ai", "feature.releases.ai[0].variant", "feature.objectives[0].indicator", "feature.objectives[0].target",
            },
            errors.Select(error => error.Path).ToHashSet());
    }
}
