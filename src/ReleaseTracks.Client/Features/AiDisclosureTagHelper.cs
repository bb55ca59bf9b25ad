using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.TagHelpers;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Options;
using ReleaseTracks.Client.Evaluation;

namespace ReleaseTracks.Client.Features;

/// <summary>
/// <c>&lt;ai-disclosure feature="smart-replies" /&gt;</c>: a label and a popover that say what the AI does, where the user of
/// the request is served an AI variant, and nothing elsewhere. Needs no script: the browser's own popover opens by
/// keyboard and closes by Escape. Content between the tags, such as a translation, takes the place of the server's text.
/// For the default look link <c>_content/ReleaseTracks.Client/ai-disclosure.css</c>.
/// </summary>
[HtmlTargetElement("ai-disclosure", Attributes = "feature")]
public sealed class AiDisclosureTagHelper : TagHelper
{
    private readonly ITrackEvaluator evaluator;
    private readonly ReleaseTracksOptions options;

    /// <summary>Made by the framework.</summary>
    /// <param name="evaluator">Says what the user is served.</param>
    /// <param name="options">The words around the disclosure.</param>
    public AiDisclosureTagHelper(ITrackEvaluator evaluator, IOptions<ReleaseTracksOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.evaluator, this.options) = (evaluator, options.Value);
    }

    /// <summary>Key of the feature.</summary>
    public string Feature { get; set; } = "";

    /// <summary>Text on the button; default as in <see cref="ReleaseTracksOptions.DisclosureWords"/>.</summary>
    public string? Label { get; set; }

    /// <summary>Heading of the popover; default as in <see cref="ReleaseTracksOptions.DisclosureWords"/>.</summary>
    public string? Heading { get; set; }

    /// <summary>The view that is rendered; set by the framework.</summary>
    [HtmlAttributeNotBound]
    [ViewContext]
    public ViewContext? ViewContext { get; set; }

    /// <inheritdoc />
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var served = ViewContext is null ? null : await evaluator.EvaluateAsync(Feature, ViewContext.HttpContext);
        if (DisclosureView.Of(served, options, Label, Heading) is not { } view)
        {
            output.SuppressOutput();
            return;
        }

        var own = await output.GetChildContentAsync();
        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.AddClass("ai-disclosure", HtmlEncoder.Default);
        var content = output.Content;
        content.AppendHtml($"<button type=\"button\" class=\"ai-disclosure-label\" popovertarget=\"{view.Id}\" aria-label=\"{Encode($"{view.Label}: {view.Title}")}\">{Encode(view.Label)}</button>");
        content.AppendHtml($"<span popover id=\"{view.Id}\" class=\"ai-disclosure-popover\" role=\"dialog\" tabindex=\"-1\" autofocus aria-labelledby=\"{view.Id}-title\">");
        content.AppendHtml($"<strong id=\"{view.Id}-title\">{Encode(view.Title)}</strong><span class=\"ai-disclosure-text\">");
        if (own.IsEmptyOrWhiteSpace)
            content.Append(view.Text);
        else
            content.AppendHtml(own);
        content.AppendHtml("</span>");
        if (view.Address is { } address)
            content.AppendHtml($"<a href=\"{Encode(address.AbsoluteUri)}\">{Encode(view.More)}</a> ");
        content.AppendHtml($"<button type=\"button\" class=\"ai-disclosure-close\" popovertarget=\"{view.Id}\" popovertargetaction=\"hide\">{Encode(view.Close)}</button></span>");
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
