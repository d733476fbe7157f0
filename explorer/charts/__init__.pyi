"""What explorer.charts offers, by name; each is imported when it is first used."""

from .architecture import diagram as diagram
from .bands import (
    accuracy_bands as accuracy_bands,
    loss_bands as loss_bands,
    norm_bands as norm_bands,
    step_bands as step_bands,
    training_error_bands as training_error_bands,
)
from .compared import compared_curves as compared_curves
from .confusion import confusion_heat as confusion_heat, reliability as reliability
from .curves import accuracy_curves as accuracy_curves, live_curves as live_curves, loss_curves as loss_curves
from .dead import dead_profile as dead_profile
from .embedding import scatter as scatter
from .field_image import (
    effective_square as effective_square,
    field_part as field_part,
    receptive_square as receptive_square,
    square_reach as square_reach,
)
from .formatting import (
    count as count,
    macs as macs,
    memory as memory,
    number as number,
    percent as percent,
    seconds as seconds,
)
from .gradient_axes import norm_limits as norm_limits
from .gradients import norm_bars as norm_bars, norm_epochs as norm_epochs, norm_profile as norm_profile
from .gradients_over_steps import norm_heatmap as norm_heatmap, norm_lines as norm_lines
from .image_charts import colour_bar as colour_bar, pixels as pixels, probability_bars as probability_bars
from .images import (
    data_url as data_url,
    filters_rgb as filters_rgb,
    grid as grid,
    highest_pixel as highest_pixel,
    map_over as map_over,
    overlay as overlay,
    rgb as rgb,
    tile as tile,
    upscale as upscale,
)
from .named import with_names as with_names
from .palette import (
    colour as colour,
    dash as dash,
    diverging as diverging,
    limits as limits,
    run_scale as run_scale,
    sequential as sequential,
)
from .published import accuracy_bubbles as accuracy_bubbles
from .receptive import receptive_growth as receptive_growth
from .shares import share_bars as share_bars
from .sizes import empty as empty, svg_theme as svg_theme
from .titled import drawn_fields as drawn_fields, titles_of as titles_of, with_titles as with_titles
from .variants import (
    accuracy_dots as accuracy_dots,
    lead_bars as lead_bars,
    run_bars as run_bars,
    statistics_dots as statistics_dots,
)
