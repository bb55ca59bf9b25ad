using ReleaseTracks.Plans;
using ReleaseTracks.Tests.Builders;

namespace ReleaseTracks.Tests.Plans;

public sealed class JsonInputTests
{
    private readonly InputErrors errors = new();

    private JsonInput Input(string json) => new(Make.Json(json), "x", errors);

    private void Says(string message, string path = "x") => Assert.Equal((path, message), (Assert.Single(errors.All).Path, errors.All[0].Message));

    [Fact]
    public void Member_OfNoObjectOrAbsent_IsMissing()
    {
        Assert.True(Input("[1]").Member("a").IsMissing);
        Assert.True(Input("{}").Member("a").IsMissing);
        Assert.True(Input("{\"a\":null}").Member("a").IsMissing);
        Assert.Equal("x.a.b", Input("{}").Member("a").Member("b").Path);
        Assert.Equal("a", new JsonInput(Make.Json("{}"), "", errors).Member("a").Path);
        Assert.Empty(errors.All);
    }

    [Theory]
    [InlineData("null", "Missing: give an object.")]
    [InlineData("[]", "Must be an object.")]
    [InlineData("\"x\"", "Must be an object.")]
    public void RequireObject_NoObject_SaysSo(string json, string message)
    {
        Assert.False(Input(json).RequireObject("a"));
        Says(message);
    }

    [Fact]
    public void RequireObject_UnknownAndDuplicateMembers_AreAllNamed()
    {
        Assert.True(Input("""{"a":1,"b":2,"b":3,"a":4}""").RequireObject("a", "c"));
        Assert.Equal(["x.b", "x.b", "x.b", "x.a"], errors.All.Select(error => error.Path));
        Assert.Equal("Unknown member; known here: a, c.", errors.All[0].Message);
        Assert.Equal("Given twice: keep one.", errors.All[3].Message);
    }

    [Fact]
    public void RequireObject_AnyNames_StillRefusesDuplicates()
    {
        Assert.True(Input("""{"a":1,"a":2}""").RequireObject());
        Says("Given twice: keep one.", "x.a");
    }

    [Fact]
    public void Names_LoneSurrogate_IsAnErrorAndNeverThrows()
    {
        var input = Input("""{"\ud83d":1,"\ud83dabc":2,"a":3}""");
        Assert.False(input.RequireObject());
        Assert.False(input.RequireObject("a"));
        Assert.Equal(3, input.Members().Count());
        _ = input.Member("a");
        _ = input.Member("\uFFFDabc");
        Assert.All(errors.All, error => Assert.Equal(("x.\uFFFD", "The name is not valid Unicode."), (error.Path, error.Message)));
        Assert.NotEmpty(errors.All);
    }

    [Fact]
    public void Members_UnknownNames_AreShownHarmlessInThePath()
    {
        var path = Input("""{"a\u0000b":1}""").Members().Single().Value.Path;
        Assert.Equal("x.a\uFFFDb", path);
        Assert.Empty(Input("[]").Members());
    }

    [Fact]
    public void Items_NoArrayOrTooLong_SaysSo()
    {
        Assert.Empty(Input("null").Items(1));
        Assert.Empty(errors.All);
        Assert.Empty(Input("{}").Items(1));
        Says("Must be an array.");
        Assert.Empty(Input("[1,2]").Items(1));
        Assert.Equal("Has 2 items; at most 1 are allowed.", errors.All[1].Message);
        Assert.Equal(["x[0]", "x[1]"], Input("[1,2]").Items(2).Select(item => item.Path));
    }

    [Theory]
    [InlineData("1", "Must be a string.")]
    [InlineData("\"\\ud83d\"", "Is not valid Unicode.")]
    [InlineData("\"12345\"", "Has 5 characters; at most 4 are allowed.")]
    [InlineData("\"a\\u0000\"", "Contains a control character: remove it.")]
    [InlineData("\"a\\r\"", "Contains a control character: remove it.")]
    [InlineData("null", "Missing: give a string.")]
    [InlineData("\"\"", "Must not be empty.")]
    public void RequiredString_Bad_SaysOneThing(string json, string message)
    {
        Assert.Equal("", Input(json).RequiredString(4));
        Says(message);
    }

    [Fact]
    public void OptionalString_Missing_IsNullAndEmptyIsEmpty()
    {
        Assert.Null(Input("null").OptionalString(4));
        Assert.Equal("", Input("\"\"").OptionalString(4));
        Assert.Equal("a\tb\n", Input("\"a\\tb\\n\"").OptionalString(4));
        Assert.Empty(errors.All);
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("\"1\"")]
    [InlineData("true")]
    public void Number_NotFinite_SaysSo(string json)
    {
        Assert.Null(Input(json).Number());
        Says("Must be a number.");
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    [InlineData("\"1\"")]
    public void Whole_NotWhole_SaysSo(string json)
    {
        Assert.Null(Input(json).Whole());
        Says("Must be a whole number.");
    }

    [Fact]
    public void Flag_NotBoolean_SaysSo()
    {
        Assert.True(Input("null").Flag(missing: true));
        Assert.True(Input("true").Flag());
        Assert.False(Input("false").Flag(missing: true));
        Assert.Empty(errors.All);
        Assert.False(Input("0").Flag());
        Says("Must be true or false.");
    }

    [Fact]
    public void Errors_MoreThanAreKept_StillCount()
    {
        for (var i = 0; i < 150; i++)
            errors.Add("p", "m");
        Assert.Equal(100, errors.All.Count);
        Assert.Equal(150, errors.Count);
    }
}
